import numpy as np
import pandas as pd
import pytest
from common.cohorts import make_patients
from common.instances import TINY, feature_graph, make_classifier
from numpy.testing import assert_allclose
from sklearn.base import clone

from magnet_sklearn import MultiModalGNNRegressor
from magnet_sklearn.explain import feature_graph_importance
from magnet_sklearn.graph import FeatureGraph


@pytest.fixture(scope="module")
def bare():
    """Networks on a feature graph, without experts."""
    X, y = make_patients()
    model = make_classifier(
        experts=None, early_stopping=False, feature_graph=feature_graph(), max_epochs=8
    )
    return model.fit(X, y), X


def test_effect_of_a_node_is_the_change_without_the_feature(bare):
    model, X = bare
    nodes, _ = feature_graph_importance(model, X)
    without = dict(X.items())
    without["rna"] = without["rna"].copy()
    without["rna"][:, 1] = np.nan
    change = model.decision_function(X) - model.decision_function(without)
    own = nodes[(nodes["modality"] == "rna") & (nodes["feature"] == "rna_1")]
    assert_allclose(own["effect"], np.abs(change).mean(), atol=1e-9)
    attention = model.feature_attention(X).mean()
    assert_allclose(nodes["attention"].sort_index(), attention.to_numpy())
    assert nodes["effect"].is_monotonic_decreasing


def test_edges_have_names_and_an_effect(bare):
    model, X = bare
    before = model.decision_function(X)
    _, edges = feature_graph_importance(model, X)
    assert len(edges) == len(model.feature_graph_.edges_)
    link = edges[(edges["source"] == "rna_1") & (edges["target"] == "protein_1")]
    assert link["source_modality"].item() == "rna"
    assert link["target_modality"].item() == "protein"
    assert (edges["effect"] > 0).any()
    assert_allclose(model.decision_function(X), before)  # the model stays as it is


def test_a_planted_edge_moves_predictions_more_than_others():
    rng = np.random.default_rng(0)
    X = {"rna": rng.normal(size=(80, 6)), "protein": rng.normal(size=(80, 6))}
    X["protein"][:, 0] = X["rna"][:, 0] + 0.3 * rng.normal(size=80)
    pairs = [(f"rna_{j}", f"protein_{j}") for j in range(6)]
    graph = FeatureGraph(edges=pd.DataFrame(pairs, columns=["source", "target"]))
    model = MultiModalGNNRegressor(
        **{**TINY, "max_epochs": 60},
        experts=None,
        early_stopping=False,
        graph=None,
        feature_graph=graph,
    ).fit(X, X["rna"][:, 0])
    nodes, edges = feature_graph_importance(model, X, n_edges=4)
    assert edges.iloc[0]["source"] == "rna_0"
    assert set(nodes["feature"][:2]) == {"rna_0", "protein_0"}
    assert len(edges) == 4


def test_closed_gates_leave_no_effect(bare):
    X, y = make_patients()
    model = clone(bare[0]).set_params(experts="linear", early_stopping=True, gate=0.0)
    model.set_params(max_epochs=1).fit(X, y)
    with pytest.warns(UserWarning, match="nodes and edges"):
        nodes, edges = feature_graph_importance(model, X)
    assert not nodes["effect"].any()
    assert not edges["effect"].any()


def test_without_feature_graph_there_is_nothing_to_rank():
    X, y = make_patients()
    model = make_classifier(max_epochs=1, experts=None, early_stopping=False).fit(X, y)
    with pytest.raises(ValueError, match="has no feature graph"):
        feature_graph_importance(model, X)
