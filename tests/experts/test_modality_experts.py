"""Experts: evidence out of fold, 0 where there is none."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict

from magnet_sklearn import MultiModalData
from magnet_sklearn.experts import (
    ClassEvidence,
    ModalityExperts,
    NumberEvidence,
    SurvivalEvidence,
)
from magnet_sklearn.experts._splits import stratified_folds
from magnet_sklearn.experts.families import FAMILIES


def test_own_expert_equals_cross_val_predict(cohort):
    X, y = cohort
    expert = LogisticRegression()
    experts = ModalityExperts(expert, evidence=ClassEvidence(), random_state=0).fit(
        X, y, n_outputs=3
    )
    folds = stratified_folds(y, n_splits=5, random_state=0)

    probability = cross_val_predict(
        expert, X["rna"], y, cv=folds, method="predict_proba"
    )

    expected = np.log(probability) - np.log(1 / 3)
    assert_allclose(experts.training_evidence_.values[0, :, 0], expected, atol=1e-9)


def test_new_patients_get_log_odds_over_class_shares(cohort):
    X, y = cohort
    experts = ModalityExperts(
        LogisticRegression(), evidence=ClassEvidence(), random_state=0
    )
    experts.fit(X, y, n_outputs=3)
    model = LogisticRegression().fit(X["rna"], y)

    expected = np.log(model.predict_proba(X["rna"])) - np.log(1 / 3)

    assert_allclose(experts.predict_evidence(X).values[0, :, 0], expected, atol=1e-9)


def test_missing_modality_gives_no_evidence(cohort):
    X, y = cohort
    experts = ModalityExperts(evidence=ClassEvidence(), random_state=0).fit(
        X, y, n_outputs=3
    )

    for evidence in (experts.training_evidence_, experts.predict_evidence(X)):
        assert_array_equal(evidence.values[:, ::2, 1], 0)
        assert not evidence.observed[::2, 1].any()
        assert evidence.observed[:, 2].all()  # all modalities side by side


def test_class_that_a_modality_lacks_stays_without_evidence(cohort):
    X, y = cohort
    protein = X["protein"].copy()
    protein[y == 2] = np.nan
    X = MultiModalData({"rna": X["rna"], "protein": protein})
    experts = ModalityExperts(evidence=ClassEvidence(), random_state=0).fit(
        X, y, n_outputs=3
    )

    assert_array_equal(experts.predict_evidence(X).values[:, :, 1, 2], 0)


def test_modality_with_one_class_has_no_expert(cohort):
    X, y = cohort
    protein = X["protein"].copy()
    protein[y != 1] = np.nan
    X = MultiModalData({"rna": X["rna"], "protein": protein})
    experts = ModalityExperts(evidence=ClassEvidence(), random_state=0).fit(
        X, y, n_outputs=3
    )

    assert {view for _, view in experts.experts_} == {0, 2}
    assert not experts.predict_evidence(X).observed[:, 1].any()


def test_patient_in_every_tree_gets_no_out_of_bag_evidence(cohort):
    X, y = cohort
    weight = np.ones(60)
    weight[0] = 1e6
    X = MultiModalData({"rna": X["rna"]})
    experts = ModalityExperts(evidence=ClassEvidence(), random_state=0)
    experts.fit(X, y, n_outputs=3, sample_weight=weight)

    forest = experts.training_evidence_.values[experts.families_.index("forest")]
    assert_array_equal(forest[0], 0)
    assert np.isfinite(forest).all()


def test_families_are_those_that_learn_the_kind_of_target(cohort):
    X, y = cohort
    target = np.column_stack([0.0 * y, 1.0 + np.arange(60), y > 0, 0 * y])
    experts = ModalityExperts(evidence=SurvivalEvidence(), random_state=0)

    experts.fit(X, target, fold_labels=y)

    assert experts.families_ == ["linear", "kernel", "forest"]
    assert set(experts.experts_) == {
        (f, v) for f in experts.families_ for v in range(3)
    }


def test_kind_of_target_without_families_needs_an_own_expert(cohort):
    class OrdinalEvidence(ClassEvidence):
        kind = "ordinal"

    X, y = cohort
    with pytest.raises(ValueError, match="'ordinal'.*estimator of your own"):
        ModalityExperts(evidence=OrdinalEvidence()).fit(X, y, n_outputs=3)

    own = ModalityExperts(LogisticRegression(), evidence=OrdinalEvidence())
    assert own.fit(X, y, n_outputs=3).families_ == ["own"]


def test_groups_leave_out_of_bag_votes_unused(cohort):
    X, y = cohort
    groups = np.arange(60) // 2
    experts = ModalityExperts(evidence=ClassEvidence(), random_state=0)

    grouped = experts.fit(X, y, n_outputs=3, groups=groups).training_evidence_
    alone = experts.fit(X, y, n_outputs=3).training_evidence_

    assert not np.allclose(grouped.values[2], alone.values[2])


def test_images_are_no_view(make_data):
    X = make_data(scan=np.zeros((6, 2, 2)), rna=np.zeros((6, 1)))
    experts = ModalityExperts(evidence=ClassEvidence(), random_state=0)

    evidence = experts.fit(X, np.arange(6) % 2, n_outputs=2).training_evidence_

    assert experts.modalities_ == ["rna"]
    assert evidence.observed.shape == (6, 1)


KINDS = {
    "classes": ClassEvidence,
    "numbers": NumberEvidence,
    "survival": SurvivalEvidence,
}


def targets(kind, y):
    """Target, number of outputs and labels of the folds."""
    if kind == "classes":
        return y, 3
    if kind == "numbers":
        return y + np.linspace(0, 1, len(y)), 1
    return np.column_stack([0.0 * y, 200.0 - np.arange(60) - 20 * y, y > 0, 0 * y]), 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("family", ["sparse", "boosting", "forest"])
def test_evidence_is_of_experts_that_have_not_seen_the_group(
    kind, family, cohort, view_of
):
    X, y = cohort
    X = MultiModalData({"rna": X["rna"]})
    target, n_outputs = targets(kind, y)
    own = {"n_outputs": n_outputs, "fold_labels": y, "groups": np.arange(60) // 2}
    experts = ModalityExperts(family, evidence=KINDS[kind](), random_state=0)
    view = view_of(X["rna"])
    features = FAMILIES[family].features(view, 0).of_training(view)
    folds = stratified_folds(y, n_splits=5, groups=own["groups"], random_state=0)
    train, held_out = folds[0]

    values = experts.fit(X, target, **own).training_evidence_.values[0, :, 0]

    kind = KINDS[kind]()
    expert = clone(experts.experts_[family, 0])
    expert.fit(features[train], kind.values(target)[train], np.ones(len(train)))
    reference = kind.reference(
        kind.values(target)[train], np.ones(len(train)), n_outputs
    )
    expected = kind.evidence(expert, features[held_out], reference)
    # elastic nets come from another start; the solution of all patients is .2 away
    atol = 5e-3 if family == "sparse" else 0
    assert_allclose(values[held_out], expected, atol=atol)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("family", ["sparse", "boosting"])
def test_columns_without_values_do_no_harm(kind, family, cohort):
    X, y = cohort
    rna = np.column_stack([X["rna"], np.full(60, np.nan)])
    X = MultiModalData({"rna": rna, "protein": X["protein"]})
    target, n_outputs = targets(kind, y)
    experts = ModalityExperts(family, evidence=KINDS[kind](), random_state=0)

    experts.fit(X, target, n_outputs=n_outputs, fold_labels=y)

    assert np.isfinite(experts.predict_evidence(X).values).all()


def test_families_of_a_modality_leave_the_others_as_they_are(cohort):
    X, y = cohort
    own = {"evidence": ClassEvidence(), "random_state": 0}
    chosen = ModalityExperts({"protein": None, "joint": "sparse"}, **own)
    chosen.fit(X, y, n_outputs=3)
    auto = ModalityExperts(**own).fit(X, y, n_outputs=3)

    evidence, usual = chosen.training_evidence_, auto.training_evidence_

    assert chosen.families_ == ["linear", "sparse", "kernel", "forest"]
    assert_array_equal(evidence.values[[0, 2, 3], :, 0], usual.values[:, :, 0])
    assert_array_equal(evidence.available, [[1, 0, 0], [0, 0, 1], [1, 0, 0], [1, 0, 0]])
    assert not evidence.observed[:, 1].any()


@pytest.mark.parametrize("verbose", [0, 1])
def test_progress_counts_experts_where_it_is_wanted(capsys, verbose):
    values = np.linspace(-1, 1, 20)[:, None]
    X = MultiModalData({"rna": values, "age": values[::-1]})
    experts = ModalityExperts("linear", evidence=ClassEvidence(), verbose=verbose)

    experts.fit(X, (values[:, 0] > 0).astype(int), n_outputs=2)

    assert ("3/3" in capsys.readouterr().err) == bool(verbose)
