"""Nothing of a patient who is asked about, or held out, gets into a model."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from common.checks import all_answers
from common.cohorts import make_patients
from common.instances import make_classifier
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.linear_model import LogisticRegression

from magnet_sklearn import MultiModalData
from magnet_sklearn._training import Cohort
from magnet_sklearn._training._holdout import member_splits
from magnet_sklearn._training._member import fit_member
from magnet_sklearn.experts._splits import stratified_folds
from magnet_sklearn.graph import PatientGraphBuilder


@pytest.fixture(scope="module")
def cohort():
    return make_patients(42)


def test_asking_changes_nothing(cohort):
    X, y = cohort
    clf = make_classifier().fit(X, y)
    expected = all_answers(clf, X)

    clf.predict_proba(make_patients(30, seed=5)[0])

    assert_array_equal(all_answers(clf, X), expected)


def test_held_out_fold_changes_nothing(cohort):
    X, y = cohort
    train, test = np.arange(42) % 3 > 0, np.arange(42) % 3 == 0
    other = X["rna"].copy()
    other[test] = 1e3
    changed = MultiModalData({**dict(X.items()), "rna": other})

    models = [make_classifier().fit(data[train], y[train]) for data in (X, changed)]

    assert_array_equal(*(all_answers(model, X) for model in models))


def test_own_validation_patients_are_in_neither_experts_nor_graph(cohort):
    X, y = cohort
    models = [
        make_classifier(max_epochs=3).fit(X, y, X_val=X_val, y_val=y_val)
        for X_val, y_val in (make_patients(20, seed=1), make_patients(20, seed=2))
    ]

    assert_array_equal(*(model._prepare(X)["rna"] for model in models))
    assert_array_equal(*(model.offset_.outputs(model._prepare(X)) for model in models))
    assert {model.graph_summary_["n_references"] for model in models} == {42}
    assert_array_equal(
        *(
            model._model.ensemble.graph_.connect(model._prepare(X)).neighbors
            for model in models
        )
    )


def test_member_learns_nothing_from_the_patients_it_holds_out(cohort):
    # Nobody stops early: held-out patients could only get in by the graph or the loss.
    clf = make_classifier(experts=None, ensemble_size=1).fit(*cohort)
    config = clf._model.ensemble.config
    optimisation = replace(config.optimisation, n_iter_no_change=None)
    config = replace(config, optimisation=optimisation)
    X, y = clf._prepare(cohort[0]), cohort[1]
    train = Cohort(X, np.zeros((42, 2)), y[:, None], np.ones(42))[np.arange(30)]
    weights = []
    for seed in (1, 2):
        other = clf._prepare(make_patients(20, seed=seed)[0])
        held_out = Cohort(
            other, np.zeros((20, 2)), np.arange(20)[:, None] % 2, np.ones(20)
        )
        net, _ = fit_member(
            config, None, train, held_out, seed=0, device=torch.device("cpu")
        )
        weights.append([w.numpy() for w in net.module_.state_dict().values()])

    for first, second in zip(*weights, strict=True):
        assert_array_equal(first, second)


def test_patient_of_weight_zero_may_be_anything(cohort):
    X, y = cohort
    weight = np.append(np.ones(42), [0, 0])
    blocks = dict(X[[*range(42), 0, 1]].items())
    blocks["rna"][-2:] = 1e6
    blocks["clinical"] = blocks["clinical"].astype({"stage": object})
    blocks["clinical"].iloc[-1] = [400.0, "never seen"]
    labels = np.append(y, [7, 7])

    weighted = make_classifier().fit(blocks, labels, sample_weight=weight)

    assert weighted.classes_.tolist() == [0, 1]
    expected = all_answers(make_classifier().fit(X, y), X)
    assert_array_equal(all_answers(weighted, X), expected)


def test_groups_are_never_split_by_folds(cohort):
    y, groups = cohort[1], np.arange(42) // 3

    folds = stratified_folds(y, n_splits=3, groups=groups, random_state=0)

    assert len(folds) == 3
    for train, held_out in folds:
        assert not set(groups[train]) & set(groups[held_out])


def test_groups_are_never_split_by_members(cohort):
    y, groups = cohort[1], np.arange(42) // 3

    splits = member_splits(y, groups, n_members=7, validation_fraction=0.2, seed=0)

    assert len(splits) == 7
    for train, held_out in splits:
        assert not set(groups[train]) & set(groups[held_out])


def test_groups_are_never_neighbours_in_training(cohort):
    X, y = cohort
    groups = np.arange(42) // 3
    clf = make_classifier().fit(X, y, groups=groups)

    sources, targets = clf._model.ensemble.graph_.training_graph_.edge_index

    assert len(sources)
    assert (groups[sources] != groups[targets]).all()


def test_groups_are_never_neighbours_in_the_training_of_a_member(cohort):
    # All in one group: no patient may have a neighbour, so the graph changes nothing.
    X, y = cohort
    one_group = np.zeros(42)
    states = [
        make_classifier(
            graph=graph,
            n_neighbors=10,
            similarity_weight=1.0,
            early_stopping=False,
            experts=None,
        )
        .fit(X, y, groups=one_group)
        .transform(X)
        for graph in ("knn", PatientGraphBuilder(9))
    ]

    assert_array_equal(*states)


def test_training_patients_are_not_their_own_neighbours(cohort):
    clf = make_classifier().fit(*cohort)

    sources, targets = clf._model.ensemble.graph_.training_graph_.edge_index

    assert (sources != targets).all()


def test_training_patient_is_a_stranger_at_prediction(cohort):
    X, y = cohort
    clf = make_classifier(experts=None, early_stopping=False).fit(X, y)

    graph = clf._model.ensemble.graph_.connect(clf._prepare(X))

    assert (graph.neighbors[:, 0] == np.arange(42)).mean() > 0.9


def test_weights_of_ones_equal_none_and_twice_as_much_weight_changes_nothing(cohort):
    X, y = cohort
    none, ones, twos = (
        make_classifier().fit(X, y, sample_weight=weight)
        for weight in (None, np.ones(42), np.full(42, 2.0))
    )

    assert_array_equal(ones.predict_proba(X), none.predict_proba(X))
    assert_allclose(twos.predict_proba(X), none.predict_proba(X))


def test_evidence_of_training_patients_is_out_of_fold():
    # Pure noise with more columns than patients: in-sample evidence would be perfect.
    rng = np.random.default_rng(0)
    X, y = {"rna": rng.normal(size=(60, 100))}, rng.integers(2, size=60)
    clf = make_classifier(ensemble_size=1, max_epochs=1).fit(X, y)

    logits = clf.offset_.training_outputs_
    assert np.mean(logits.argmax(axis=1) == y) < 0.75


@pytest.mark.parametrize("grouped", [True, False])
def test_copies_give_no_evidence_where_groups_tell(grouped):
    # Noise, each patient twice: only a copy can tell a patient's class.
    rng = np.random.default_rng(0)
    rna, y = np.tile(rng.normal(size=(40, 60)), (2, 1)), np.tile(np.arange(40) % 2, 2)
    clf = make_classifier(ensemble_size=1, max_epochs=1, experts=LogisticRegression())
    clf.fit({"rna": rna}, y, groups=np.tile(np.arange(40), 2) if grouped else None)

    accuracy = np.mean(clf.offset_.training_outputs_.argmax(axis=1) == y)
    assert accuracy < 0.7 if grouped else accuracy > 0.8


def test_members_hold_out_nobody_where_all_are_one_group(cohort):
    alone = make_classifier(experts=None).fit(*cohort)
    one_group = make_classifier(experts=None).fit(*cohort, groups=np.zeros(42))

    assert "valid_loss" in alone.net_.history[-1]
    assert "valid_loss" not in one_group.net_.history[-1]
