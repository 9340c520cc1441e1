"""Patients without a label: nodes of the graph and data, never targets."""

import pickle

import numpy as np
import pandas as pd
import pytest
from common.checks import all_answers
from common.cohorts import make_patients
from common.instances import INSTANCES, make_classifier, target_for
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.model_selection import PredefinedSplit, StratifiedKFold, cross_val_score

from magnet_sklearn import MagnetSurvivalAnalysis, MultiModalData
from magnet_sklearn.explain import feature_attribution, neighbor_influence

KINDS = [
    "early-stopping",
    "MultiModalGNNRegressor",
    "MagnetSurvivalAnalysis",
    "MagnetMultiTask",
]
LABELLED = np.arange(42) % 3 > 0  # 28 of 42


def make(kind, **parameters):
    """Return an estimator, patients and a target of which a third is marked."""
    estimator = INSTANCES[kind].__class__(**INSTANCES[kind].get_params())
    X, y = target_for(estimator)
    marker = -1 if kind == "early-stopping" else np.nan
    estimator.set_params(**{"unlabeled": marker, **parameters})
    y = y.copy() if isinstance(y, pd.DataFrame) else pd.Series(y, X.index)
    if isinstance(y, pd.DataFrame):
        y = y.astype(object)
    y[~LABELLED] = marker
    return estimator, X, y


@pytest.fixture(scope="module")
def fitted():
    """One estimator of each kind."""
    models = {}
    for kind in KINDS:
        estimator, X, y = make(kind)
        models[kind] = estimator.fit(X, y), X, y
    return models


@pytest.mark.parametrize("kind", KINDS)
def test_they_are_references_of_the_graph(kind, fitted):
    model, X, _ = fitted[kind]

    assert model.graph_summary_["n_references"] == len(X) == 42
    assert model._model.ensemble.reference_states_[0].shape[1] == 42


@pytest.mark.parametrize("kind", KINDS)
def test_they_are_no_targets_of_experts_and_nobody_who_is_held_out(kind, fitted):
    model, X, _ = fitted[kind]

    for offset in model.offsets_:
        assert len(offset.training_outputs_) == LABELLED.sum()
    assert len(model._model.ensemble.held_out_) == LABELLED.sum()
    seen = model._model.holdout.has_seen(model._prepare(X))
    assert_array_equal(seen, LABELLED)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_known_of_nobody_comes_from_labels(kind, fitted):
    model, X, y = fitted[kind]
    alone, *_ = make(kind, unlabeled=None)
    labelled = y[LABELLED]
    labelled = (
        labelled.infer_objects()
        if isinstance(labelled, pd.DataFrame)
        else labelled.to_numpy()
    )
    alone.fit(X[LABELLED], labelled)

    assert_allclose(model.baseline_, alone.baseline_)


@pytest.mark.parametrize("kind", KINDS)
def test_a_prediction_depends_on_nobody_else(kind, fitted):
    model, X, _ = fitted[kind]

    together = np.asarray(model.contributions(X), dtype=float)
    one = np.asarray(model.contributions(X[[4]]), dtype=float)

    assert_allclose(one[0], together[4], atol=1e-9)


@pytest.mark.parametrize("kind", KINDS)
def test_a_score_leaves_them_out(kind, fitted):
    model, X, y = fitted[kind]
    labelled = y[LABELLED].infer_objects()

    assert model.score(X, y) == model.score(X[LABELLED], labelled)


def test_without_any_of_them_nothing_changes():
    X, y = make_patients()
    models = [make_classifier(unlabeled=marker).fit(X, y) for marker in (None, -1)]

    assert_array_equal(*(model.predict_proba(X) for model in models))
    assert_array_equal(*(model.transform(X) for model in models))


def test_their_place_among_the_rows_changes_nothing(fitted):
    model, X, y = fitted["early-stopping"]
    order = np.r_[np.flatnonzero(~LABELLED), np.flatnonzero(LABELLED)]
    other, *_ = make("early-stopping")

    other.fit(X[order], y.iloc[order])

    assert_array_equal(all_answers(other, X), all_answers(model, X))


def test_what_else_stands_beside_a_missing_time_changes_nothing(fitted):
    model, X, y = fitted["MagnetSurvivalAnalysis"]
    y = y.copy()
    y.loc[~LABELLED, "event"] = True

    other = make("MagnetSurvivalAnalysis")[0].fit(X, y)

    assert_array_equal(other.predict(X), model.predict(X))


def test_their_data_count(fitted):
    model, X, y = fitted["early-stopping"]
    rna = X["rna"].copy()
    rna[~LABELLED] *= 3
    changed = MultiModalData({**dict(X.items()), "rna": rna}, X.index)

    other = make("early-stopping")[0].fit(changed, y)

    labelled = X[LABELLED]
    assert not np.allclose(other.predict_proba(labelled), model.predict_proba(labelled))


def test_weights_strata_and_groups_go_with_their_patients():
    estimator, X, y = make("MagnetSurvivalAnalysis")
    weight = np.where(np.arange(42) % 6 == 0, 0.0, 1.0)
    strata, groups = np.arange(42) % 2, np.arange(42) // 2

    estimator.fit(X, y, sample_weight=weight, strata=strata, groups=groups)

    assert isinstance(estimator, MagnetSurvivalAnalysis)
    assert estimator.graph_summary_["n_references"] == 35
    assert len(estimator.offset_.training_outputs_) == 28


def test_a_category_of_theirs_is_known():
    estimator, X, y = make("early-stopping")
    clinical = X["clinical"].copy()
    row = np.flatnonzero(~LABELLED & clinical["stage"].notna())[:2]
    clinical.loc[clinical.index[row], "stage"] = "IV"
    X = MultiModalData({**dict(X.items()), "clinical": clinical}, X.index)

    estimator.fit(X, y)

    assert "IV" in str(estimator._model.inputs.steps[-1].feature_names_out_)


@pytest.mark.filterwarnings("ignore:All gates closed")
@pytest.mark.parametrize("experts", ["spreading", None])
def test_a_model_with_them_is_pickled_compacted_and_explained(experts):
    estimator, X, y = make("early-stopping", experts=experts)
    model = estimator.fit(X, y)
    expected = model.predict_proba(X)

    assert_array_equal(pickle.loads(pickle.dumps(model)).predict_proba(X), expected)
    assert_array_equal(model.compact().predict_proba(X), expected)
    parts = feature_attribution(model, X[:4])
    assert np.isfinite(np.asarray(parts.values, dtype=float)).all()


def test_training_goes_on_with_new_labels():
    estimator, X, y = make("early-stopping", warm_start=True)
    estimator.fit(X, y)
    y = y.to_numpy().copy()
    y[:6] = [0, 1, 0, 1, 0, 1]

    estimator.fit(X, y)

    assert len(estimator.offset_.training_outputs_) == 30
    assert estimator.graph_summary_["n_references"] == 42


def test_cross_validation_keeps_them_in_every_training_fold():
    estimator, X, y = make("early-stopping", max_epochs=1)
    known, fold = np.flatnonzero(LABELLED), np.full(42, -1)
    split = StratifiedKFold(2, shuffle=True, random_state=0).split(known, y[LABELLED])
    for number, (_, test) in enumerate(split):
        fold[known[test]] = number

    scores = cross_val_score(
        estimator, X, y, cv=PredefinedSplit(fold), scoring="roc_auc"
    )

    assert scores.shape == (2,)
    assert np.isfinite(scores).all()


def test_cross_validation_by_the_own_score_needs_no_more():
    estimator, X, y = make("MultiModalGNNRegressor", max_epochs=1)

    assert np.isfinite(cross_val_score(estimator, X, y, cv=2)).all()


def test_nobody_with_a_label_is_an_error():
    X, y = make_patients()

    with pytest.raises(ValueError, match=r"All 42 patients.*unlabelled.*pretrain"):
        make_classifier(unlabeled=-1).fit(X, np.full(len(y), -1))


def test_networks_are_not_judged_by_them():
    X, y = make_patients()
    marked = np.where(np.arange(42) < 3, -1, y)

    with pytest.raises(ValueError, match="3 patients of X_val are unlabelled"):
        make_classifier(unlabeled=-1).fit(X, y, X_val=X, y_val=marked)


def test_without_the_parameter_a_missing_label_is_an_error():
    X, y = make_patients()

    with pytest.raises(ValueError, match="have no class"):
        make_classifier().fit(X, np.where(LABELLED, y, np.nan))


@pytest.mark.parametrize("graph", ["knn", None])
def test_neighbours_without_a_label_have_their_own_ids(graph):
    estimator, X, y = make("early-stopping", graph=graph, max_epochs=1)
    estimator.fit(X, y)
    rows = np.flatnonzero(X.mask.all(axis=1))[:4]

    for row in rows:
        found = neighbor_influence(estimator, X[[row]], y, n=3, references=X)

        assert found.index[0] == X.index[row]
        assert found["outcome"].tolist() == y.loc[found.index].tolist()
    with pytest.raises(ValueError, match="unlabelled patients as references"):
        neighbor_influence(estimator, X[[0]], references=X)
