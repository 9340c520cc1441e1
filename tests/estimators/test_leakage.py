"""Nothing of a patient who is asked about, or held out, gets into a model."""

import numpy as np
import pytest
from common.checks import all_answers
from common.cohorts import make_patients
from common.instances import make_classifier
from numpy.testing import assert_allclose, assert_array_equal

from magnet_sklearn._training._splits import member_splits
from magnet_sklearn.experts._splits import stratified_folds


@pytest.fixture(scope="module")
def cohort():
    return make_patients(42)


def test_asking_changes_nothing(cohort):
    X, y = cohort
    clf = make_classifier().fit(X, y)
    expected = all_answers(clf, X)

    clf.predict_proba(make_patients(30, seed=5)[0])

    assert_array_equal(all_answers(clf, X), expected)


def test_validation_patients_change_no_weight_when_nobody_stops(cohort):
    X, y = cohort
    models = [
        make_classifier(n_iter_no_change=50, max_epochs=3, skip_connection=False).fit(
            X, y, X_val=X_val, y_val=y_val
        )
        for X_val, y_val in (make_patients(20, seed=1), make_patients(20, seed=2))
    ]

    experts = [model.offset_.logits(model._prepare(X)) for model in models]
    assert_array_equal(*experts)
    graphs = [model._ensemble.graph_.training_graph_.neighbors for model in models]
    assert_array_equal(*graphs)


def test_held_out_patients_are_no_references_of_a_member(cohort):
    X, y = cohort
    changed = make_patients(42)[0]["rna"].copy()
    clf = make_classifier(experts=None, ensemble_size=1, max_epochs=1).fit(X, y)
    (_, held_out) = member_splits(
        y, None, n_members=1, validation_fraction=0.2, seed=0
    )[0]

    assert len(np.intersect1d(held_out, np.arange(42))) == len(held_out)
    assert changed.shape == (42, 6)
    assert clf.gates_.shape == (2,)


def test_groups_are_never_split_by_folds(cohort):
    y, groups = cohort[1], np.arange(42) // 3

    folds = stratified_folds(y, n_splits=3, groups=groups, random_state=0)

    assert len(folds) == 3
    for train, held_out in folds:
        assert not set(groups[train]) & set(groups[held_out])


def test_groups_are_never_neighbours_in_training(cohort):
    X, y = cohort
    groups = np.arange(42) // 3
    clf = make_classifier().fit(X, y, groups=groups)

    sources, targets = clf._ensemble.graph_.training_graph_.edge_index

    assert len(sources)
    assert (groups[sources] != groups[targets]).all()


def test_training_patients_are_not_their_own_neighbours(cohort):
    clf = make_classifier().fit(*cohort)

    sources, targets = clf._ensemble.graph_.training_graph_.edge_index

    assert (sources != targets).all()


def test_training_patient_is_a_stranger_at_prediction(cohort):
    X, y = cohort
    clf = make_classifier(experts=None, early_stopping=False).fit(X, y)

    graph = clf._ensemble.graph_.connect(clf._prepare(X))

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

    logits = clf.offset_.training_logits_
    assert np.mean(logits.argmax(axis=1) == y) < 0.75
