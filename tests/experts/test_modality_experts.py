"""Experts: evidence out of fold, 0 where there is none."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict, cross_val_score

from magnet_sklearn import MultiModalData
from magnet_sklearn.experts import ExpertCombination, ModalityExperts
from magnet_sklearn.experts._forest import ForestExpert
from magnet_sklearn.experts._ridge_logistic import RidgeLogisticCV
from magnet_sklearn.experts._splits import stratified_folds
from magnet_sklearn.losses import ClassLoss


@pytest.fixture
def cohort():
    rng = np.random.default_rng(0)
    y = np.arange(60) % 3
    rna = rng.normal(size=(60, 4)) + 0.5 * y[:, None]
    protein = rng.normal(size=(60, 3))
    protein[::2] = np.nan
    return MultiModalData({"rna": rna, "protein": protein}), y


def test_own_expert_equals_cross_val_predict(cohort):
    X, y = cohort
    expert = LogisticRegression()
    experts = ModalityExperts(expert, random_state=0).fit(X, y, n_outputs=3)
    folds = stratified_folds(y, n_splits=5, random_state=0)

    probability = cross_val_predict(
        expert, X["rna"], y, cv=folds, method="predict_proba"
    )

    expected = np.log(probability) - np.log(1 / 3)
    assert_allclose(experts.training_evidence_.values[0, :, 0], expected, atol=1e-9)


def test_new_patients_get_log_odds_over_class_shares(cohort):
    X, y = cohort
    experts = ModalityExperts(LogisticRegression(), random_state=0)
    experts.fit(X, y, n_outputs=3)
    model = LogisticRegression().fit(X["rna"], y)

    expected = np.log(model.predict_proba(X["rna"])) - np.log(1 / 3)

    assert_allclose(experts.evidence(X).values[0, :, 0], expected, atol=1e-9)


def test_missing_modality_gives_no_evidence(cohort):
    X, y = cohort
    experts = ModalityExperts(random_state=0).fit(X, y, n_outputs=3)

    for evidence in (experts.training_evidence_, experts.evidence(X)):
        assert_array_equal(evidence.values[:, ::2, 1], 0)
        assert not evidence.observed[::2, 1].any()
        assert evidence.observed[:, 2].all()  # all modalities side by side


def test_class_that_a_modality_lacks_stays_without_evidence(cohort):
    X, y = cohort
    protein = X["protein"].copy()
    protein[y == 2] = np.nan
    X = MultiModalData({"rna": X["rna"], "protein": protein})
    experts = ModalityExperts(random_state=0).fit(X, y, n_outputs=3)

    assert_array_equal(experts.evidence(X).values[:, :, 1, 2], 0)


def test_modality_with_one_class_has_no_expert(cohort):
    X, y = cohort
    protein = X["protein"].copy()
    protein[y != 1] = np.nan
    X = MultiModalData({"rna": X["rna"], "protein": protein})
    experts = ModalityExperts(random_state=0).fit(X, y, n_outputs=3)

    assert {view for _, view in experts.experts_} == {0, 2}
    assert not experts.evidence(X).observed[:, 1].any()


def test_forest_answers_as_scikit_learn_does(cohort):
    X, y = cohort
    expert = ForestExpert(random_state=0).fit(X["rna"], y)

    expected = expert.forest_.predict_proba(X["rna"])

    assert_allclose(expert.predict_proba(X["rna"]), expected)


def test_patient_in_every_tree_gets_no_out_of_bag_evidence(cohort):
    X, y = cohort
    weight = np.ones(60)
    weight[0] = 1e6
    X = MultiModalData({"rna": X["rna"]})
    experts = ModalityExperts(random_state=0)
    experts.fit(X, y, n_outputs=3, sample_weight=weight)

    forest = experts.training_evidence_.values[experts.families_.index("forest")]
    assert_array_equal(forest[0], 0)
    assert np.isfinite(forest).all()


def test_penalty_is_the_one_of_least_held_out_loss():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(60, 40)), rng.integers(2, size=60)
    X[:, 0] += y
    folds = stratified_folds(y, n_splits=3, random_state=0)
    expert = RidgeLogisticCV()
    expert.cross_fit(X, y, np.ones(60), folds)

    losses = [
        -cross_val_score(
            LogisticRegression(C=C), X, y, cv=folds, scoring="neg_log_loss"
        ).mean()
        for C in expert.Cs
    ]
    assert expert.Cs[int(np.argmin(losses))] == expert.C


def test_fold_never_holds_out_a_patient_who_is_alone_in_a_class():
    y = np.array([0, 0, 0, 1, 1, 1, 2])

    folds = stratified_folds(y, n_splits=3, random_state=0)

    assert len(folds) == 3
    assert all(6 in train and 6 not in held_out for train, held_out in folds)


def test_combination_trusts_the_expert_that_knows(cohort):
    X, y = cohort
    experts = ModalityExperts(random_state=0).fit(X, y, n_outputs=3)
    combination = ExpertCombination().fit(
        experts.training_evidence_, y[:, None], np.ones(60), loss=ClassLoss(3)
    )

    assert combination.trust_[0] > combination.trust_[1] - 0.2
    assert_allclose(combination.family_weights_.sum(), 1)


def test_strong_pull_takes_the_experts_at_their_word(cohort):
    X, y = cohort
    experts = ModalityExperts(LogisticRegression(), random_state=0)
    evidence = experts.fit(X, y, n_outputs=3).training_evidence_
    combination = ExpertCombination(strength=1e9).fit(
        evidence, y[:, None], np.ones(60), loss=ClassLoss(3)
    )

    n_observed = evidence.observed[:, :2].sum(axis=1)
    shrinkage = 1 + combination.redundancy_ * (n_observed - 1)
    product = evidence.values[0, :, :2].sum(axis=1) / shrinkage[:, None]
    share = np.where(n_observed == 2, combination.joint_share_, 0.0)[:, None]
    joint = evidence.values[0, :, 2]
    expected = np.log(1 / 3) + (1 - share) * product + share * joint
    assert_allclose(combination.combine(evidence), expected, atol=1e-5)


def test_combination_beats_an_untrusted_expert(cohort):
    X, y = cohort
    experts = ModalityExperts(random_state=0).fit(X, y, n_outputs=3)
    evidence = experts.training_evidence_

    def loss(logits):
        log_p = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
        return -log_p[np.arange(60), y].mean()

    combination = ExpertCombination(strength=0.1).fit(
        evidence, y[:, None], np.ones(60), loss=ClassLoss(3)
    )
    uniform = np.log(1 / 3) + evidence.values[:, :, :2].sum(axis=2).mean(axis=0)
    assert loss(combination.combine(evidence)) <= loss(uniform)


def test_joint_expert_says_nothing_about_a_patient_with_one_modality(cohort):
    X, y = cohort
    experts = ModalityExperts(LogisticRegression(), random_state=0)
    evidence = experts.fit(X, y, n_outputs=3).training_evidence_
    combination = ExpertCombination().fit(
        evidence, y[:, None], np.ones(60), loss=ClassLoss(3)
    )
    lone = evidence.observed[:, :2].sum(axis=1) == 1

    louder = evidence.values.copy()
    louder[:, :, 2] *= 2
    changed = combination.combine(replace(evidence, values=louder))

    assert lone.any()
    assert_allclose(changed[lone], combination.combine(evidence)[lone])
    assert not np.allclose(changed[~lone], combination.combine(evidence)[~lone])
