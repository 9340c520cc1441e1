import pickle
import warnings

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import clone

from magnet_sklearn import MultiModalData
from magnet_sklearn.graph import FeatureGraph


@pytest.fixture
def X():
    rng = np.random.default_rng(0)
    rna = pd.DataFrame(rng.normal(size=(20, 3)), columns=["TP53", "MDM2", "EGFR"])
    protein = pd.DataFrame(rng.normal(size=(20, 2)), columns=["p53", "EGFR"])
    return MultiModalData({"rna": rna, "protein": protein, "ct": np.ones((20, 2, 2))})


def edges(*rows, **more):
    table = pd.DataFrame(rows, columns=["source", "relation", "target"])
    return table.assign(**more)


def pairs(graph):
    """Edges as ((modality, feature), relation, (modality, feature))."""
    names = list(graph.nodes_[["modality", "feature"]].itertuples(index=False))
    return {
        (tuple(names[e.source]), e.relation, tuple(names[e.target]))
        for e in graph.edges_.itertuples()
    }


def test_nodes_are_the_columns_of_two_dimensional_blocks(X):
    graph = FeatureGraph(node_types={"rna": "gene"}).fit(X)

    assert graph.modalities_ == ["rna", "protein"]
    assert graph.nodes_["feature"].tolist() == ["TP53", "MDM2", "EGFR", "p53", "EGFR"]
    assert graph.nodes_["type"].tolist() == ["gene"] * 3 + ["protein"] * 2
    assert len(graph.edges_) == 0


def test_edges_join_features_by_name(X):
    tables = [
        edges(("TP53", "interacts_with", "MDM2"), weight=[0.5]),
        edges(("TP53", "codes_for", "p53")),
    ]

    graph = FeatureGraph(edges=tables).fit(X)

    assert pairs(graph) == {
        (("rna", "TP53"), "interacts_with", ("rna", "MDM2")),
        (("rna", "TP53"), "codes_for", ("protein", "p53")),
    }
    assert graph.edges_["weight"].tolist() == [0.5, 1.0]


def test_name_in_two_modalities_is_an_error_that_says_what_to_add(X):
    table = edges(("EGFR", "interacts_with", "MDM2"))

    with pytest.raises(ValueError, match="'EGFR' in 'rna', 'protein'.*source_modality"):
        FeatureGraph(edges=table).fit(X)


@pytest.mark.parametrize("how", ["modality", "type"])
def test_modality_or_type_tells_names_apart(X, how):
    choice = {"modality": ("rna", "protein"), "type": ("gene", "protein")}[how]
    more = {f"source_{how}": [choice[0]], f"target_{how}": [choice[1]]}
    table = edges(("EGFR", "codes_for", "EGFR"), **more)

    graph = FeatureGraph(edges=table, node_types={"rna": "gene"}).fit(X)

    assert pairs(graph) == {(("rna", "EGFR"), "codes_for", ("protein", "EGFR"))}


def test_type_that_two_modalities_have_links_both(X):
    table = edges(
        ("EGFR", "interacts_with", "MDM2"), source_type=["gene"], target_type=["gene"]
    )

    graph = FeatureGraph(
        edges=table, node_types={"rna": "gene", "protein": "gene"}
    ).fit(X)

    assert pairs(graph) == {
        (("rna", "EGFR"), "interacts_with", ("rna", "MDM2")),
        (("protein", "EGFR"), "interacts_with", ("rna", "MDM2")),
    }


def test_loops_and_repeated_pairs_are_left_out(X):
    table = edges(
        ("TP53", "binds", "MDM2"),
        ("MDM2", "binds", "TP53"),
        ("TP53", "inhibits", "MDM2"),
        ("TP53", "binds", "TP53"),
        weight=[0.3, 0.9, 1.0, 1.0],
    )

    graph = FeatureGraph(edges=table).fit(X)

    assert sorted(graph.edges_["relation"]) == ["binds", "inhibits"]
    assert sorted(graph.edges_["weight"]) == [0.9, 1.0]


def test_unknown_names_are_one_warning_with_counts(X):
    table = edges(("TP53", "binds", "MDM2"), ("TP53", "binds", "BRCA1"))

    with pytest.warns(UserWarning, match="1 of 2 edges.*1 names.*'BRCA1'") as caught:
        graph = FeatureGraph(edges=table).fit(X)

    assert len(caught) == 1
    assert len(graph.edges_) == 1


def test_unknown_names_can_be_ignored_or_refused(X):
    table = edges(("TP53", "binds", "MDM2"), ("TP53", "binds", "BRCA1"))

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        FeatureGraph(edges=table, unknown="ignore").fit(X)
    with pytest.raises(ValueError, match="'BRCA1'.*unknown='ignore'"):
        FeatureGraph(edges=table, unknown="raise").fit(X)


def test_columns_of_one_name_share_its_edges():
    X = MultiModalData({"rna": np.eye(4)[:, :1], "clinical": np.eye(4)[:, :2]})
    names = {"rna": ["TP53"], "clinical": ["stage_I", "stage_II"]}

    graph = FeatureGraph(edges=edges(("TP53", "marks", "stage"))).fit(
        X,
        feature_names=names,
        edge_names={"rna": ["TP53"], "clinical": ["stage", "stage"]},
    )

    assert graph.edges_[["source", "target"]].to_numpy().tolist() == [[0, 1], [0, 2]]


@pytest.mark.parametrize(
    ("parameters", "error", "message"),
    [
        ({"node_types": {"rma": "gene"}}, ValueError, "'rma'.*Did you mean 'rna'"),
        ({"edges": pd.DataFrame({"source": []})}, ValueError, "no column 'target'"),
        ({"edges": [[("TP53", "MDM2")]]}, TypeError, "DataFrame.*got list"),
        (
            {"edges": edges(("TP53", "binds", "MDM2"), weight=[np.nan])},
            ValueError,
            "1 missing or infinite weights.*[0]",
        ),
        ({"correlations": 0}, ValueError, "correlations"),
    ],
)
def test_wrong_parameters_are_errors_that_say_what_to_do(X, parameters, error, message):
    with pytest.raises(error, match=f"(?s){message}"):
        FeatureGraph(**parameters).fit(X)


def test_only_images_are_an_error():
    with pytest.raises(ValueError, match="two dimensions.*'ct'"):
        FeatureGraph().fit({"ct": np.ones((3, 2, 2))})


def test_copies_are_the_same_graph(X):
    graph = FeatureGraph(edges=edges(("TP53", "binds", "MDM2")), correlations=1).fit(X)

    for other in (pickle.loads(pickle.dumps(graph)), clone(graph).fit(X)):
        assert_array_equal(other.edges_, graph.edges_)
        assert_array_equal(other.nodes_, graph.nodes_)


def test_graph_learns_from_the_patients_of_fit_alone(X):
    graph = FeatureGraph(correlations=2).fit(X[:15])
    changed = {name: X[name].copy() for name in ("rna", "protein")}
    for block in changed.values():
        block.iloc[15:] = 1e3
    again = clone(graph).fit(MultiModalData(changed)[:15])

    assert_array_equal(again.edges_, graph.edges_)


def test_categories_are_an_error():
    clinical = pd.DataFrame({"stage": pd.Series(["I", "II"], dtype=object)})

    with pytest.raises(ValueError, match="A feature graph needs numbers.*'stage'"):
        FeatureGraph().fit({"clinical": clinical})
