"""Estimators with a feature graph."""

import warnings

import numpy as np
import pandas as pd
import pytest
from common.checks import all_answers, clone_fitted
from common.cohorts import make_patients
from common.instances import feature_graph, make_classifier
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GridSearchCV

from magnet_sklearn import MultiModalData
from magnet_sklearn.graph import FeatureGraph

BARE = {"experts": None, "early_stopping": False}


@pytest.fixture(scope="module")
def cohort():
    return make_patients()


@pytest.fixture(scope="module")
def fitted(cohort):
    return make_classifier(feature_graph=feature_graph(), **BARE).fit(*cohort)


def test_feature_attention_is_a_distribution_over_values_the_patient_has(
    fitted, cohort
):
    X, _ = cohort

    weights = fitted.feature_attention(X)

    assert weights.columns.names == ["modality", "feature"]
    assert_array_equal(weights.index, X.index)
    for name, observed in zip(X, X.mask.T, strict=True):
        total = weights[name].sum(axis=1)
        assert_allclose(total, observed)
    missing = np.isnan(X["protein"][:, 1])
    assert missing.any()
    assert_array_equal(weights["protein", "protein_1"] > 0, ~missing)


def test_categories_share_the_edges_of_their_column(fitted):
    nodes, edges = fitted.feature_graph_.nodes_, fitted.feature_graph_.edges_

    age = nodes.index[nodes["feature"] == "age"][0]
    known = edges[edges["relation"] == "related_to"]
    linked = known.loc[known["source"] == age, "target"]

    assert nodes.loc[linked, "feature"].tolist() == ["stage_I", "stage_II", "stage_III"]


def test_missing_category_is_absent(fitted, cohort):
    X, _ = cohort
    clinical = X["clinical"].copy()
    has_both = clinical.notna().all(axis=1)
    clinical.loc[has_both, "stage"] = None

    weights = fitted.feature_attention({"clinical": clinical[has_both]})

    assert (weights["clinical", "age"] == 1).all()


def test_missing_value_is_not_the_mean(fitted, cohort):
    X, _ = cohort
    protein = X["protein"].copy()
    rows = np.flatnonzero(X.mask[:, 1] & np.isnan(protein[:, 1]))
    protein[rows, 1] = np.nanmean(protein[:, 1])

    answers = [
        fitted.predict_proba({"protein": block[rows]})
        for block in (X["protein"], protein)
    ]

    assert np.abs(answers[0] - answers[1]).max() > 1e-4


def test_without_a_feature_graph_there_is_no_attention_to_features(cohort):
    clf = make_classifier(max_epochs=1, **BARE).fit(*cohort)

    with pytest.raises(ValueError, match="MagnetClassifier has no feature graph.*Pass"):
        clf.feature_attention(cohort[0])


def test_modality_with_an_own_encoder_has_no_nodes(cohort):
    clf = make_classifier(
        feature_graph=feature_graph(), encoders={"rna": "mlp"}, max_epochs=1, **BARE
    ).fit(*cohort)

    assert clf.feature_graph_.modalities_ == ["protein", "clinical"]


def test_no_modality_left_for_the_graph_is_an_error(cohort):
    encoders = dict.fromkeys(cohort[0], "mlp")
    clf = make_classifier(feature_graph=feature_graph(), encoders=encoders)

    with pytest.raises(ValueError, match="no modality left to encode"):
        clf.fit(*cohort)


def test_images_go_along_with_a_feature_graph(cohort):
    X, y = cohort
    rng = np.random.default_rng(0)
    X = MultiModalData({**dict(X.items()), "ct": rng.normal(size=(len(X), 2, 2))})

    clf = make_classifier(feature_graph=feature_graph(), **BARE).fit(X, y)

    assert clf.attention_weights(X).shape == (len(X), 4)
    assert "ct" not in clf.feature_attention(X)


def test_column_that_preprocessing_drops_is_no_feature(cohort):
    X, y = cohort
    rna = X["rna"].copy()
    rna[X.mask[:, 0], 0] = 1.0
    clf = make_classifier(
        feature_graph=clone(feature_graph()).set_params(unknown="warn"),
        max_epochs=1,
        **BARE,
    )

    with pytest.warns(UserWarning, match="1 of 3 edges.*'rna_0'"):
        clf.fit(MultiModalData({**dict(X.items()), "rna": rna}), y)


def test_parameters_of_the_graph_can_be_searched(cohort):
    search = GridSearchCV(
        make_classifier(
            feature_graph=feature_graph(), ensemble_size=1, max_epochs=2, **BARE
        ),
        {"feature_graph__correlations": [None, 1], "feature_graph__n_layers": [1, 2]},
        cv=2,
    ).fit(*cohort)

    assert len(search.cv_results_["params"]) == 4
    assert search.best_estimator_.feature_graph_.edges_ is not None


def test_graph_given_to_the_estimator_is_left_as_it_is(cohort):
    graph = feature_graph()

    make_classifier(feature_graph=graph, max_epochs=1, **BARE).fit(*cohort)

    assert not hasattr(graph, "edges_")


def test_graph_is_learned_from_training_patients_alone(cohort):
    X, y = cohort
    train = np.arange(42) % 3 > 0
    rna = X["rna"].copy()
    rna[~train] = 1e3
    changed = MultiModalData({**dict(X.items()), "rna": rna})
    models = [
        make_classifier(feature_graph=feature_graph()).fit(data[train], y[train])
        for data in (X, changed)
    ]

    first, second = (model.feature_graph_.edges_ for model in models)
    assert_array_equal(first, second)
    assert_array_equal(*(all_answers(model, X) for model in models))


def test_warm_start_keeps_the_graph(cohort):
    clf = make_classifier(feature_graph=feature_graph(), warm_start=True, **BARE)
    graph = clf.fit(*cohort).feature_graph_

    assert clf.fit(*cohort).feature_graph_ is graph
    assert len(clf.net_.history) == 8


def test_copies_attend_to_the_same_features(fitted, cohort):
    copied = clone_fitted(fitted)

    assert_array_equal(
        copied.feature_attention(cohort[0]), fitted.feature_attention(cohort[0])
    )


def planted_pathway(n_patients=300, n_genes=240, n_members=15):
    """Modules of connected genes; the activity of the first one makes the class."""
    rng = np.random.default_rng(0)
    module = np.arange(n_genes) // n_members
    activity = rng.normal(size=(n_patients, module[-1] + 1))
    genes = 0.5 * activity[:, module] + rng.normal(size=(n_patients, n_genes))
    y = (activity[:, 0] + 0.8 * rng.normal(size=n_patients) > 0).astype(int)
    edges = [
        (f"g{j}", f"g{rng.choice(np.flatnonzero(module == module[j]))}")
        for j in np.tile(np.arange(n_genes), 4)
    ]
    X = MultiModalData({"rna": pd.DataFrame(genes).add_prefix("g")})
    return X, y, pd.DataFrame(edges, columns=["source", "target"])


@pytest.mark.slow
def test_planted_pathway_is_found():
    X, y, edges = planted_pathway()
    clf = make_classifier(
        graph=None, hidden_dim=32, learning_rate=1e-3, max_epochs=30, **BARE
    )
    scores = []
    for graph in (None, FeatureGraph(edges=edges)):
        clf = clone(clf).set_params(feature_graph=graph).fit(X[:150], y[:150])
        scores.append(roc_auc_score(y[150:], clf.predict_proba(X[150:])[:, 1]))

    weights = clf.feature_attention(X[150:])["rna"].mean()
    assert set(weights.nlargest(15).index) == {f"g{j}" for j in range(15)}
    assert scores[1] > scores[0] + 0.04


def test_graph_without_edges_is_a_graph(cohort):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        clf = make_classifier(feature_graph=FeatureGraph(), **BARE).fit(*cohort)

    assert len(clf.feature_graph_.edges_) == 0
    assert np.isfinite(clf.predict_proba(cohort[0])).all()
