"""From edges between names to edges between columns."""

import pandas as pd
import pytest

from magnet_sklearn.graph._feature_edges import (
    check_edge_tables,
    resolve_edges,
    unique_edges,
)

NODES = pd.DataFrame(
    {
        "modality": ["rna", "rna", "protein"],
        "feature": ["TP53", "7", "TP53"],
        "type": ["gene", "gene", "protein"],
        "name": ["TP53", 7, "TP53"],
    }
)


def table(**columns):
    return check_edge_tables(pd.DataFrame(columns))


def test_tables_become_one_with_defaults_for_absent_columns():
    first = pd.DataFrame({"source": ["a"], "target": ["b"], "weight": ["2"]})
    second = pd.DataFrame({"source": [1], "target": ["c"], "source_type": ["gene"]})

    edges = check_edge_tables([first, second])

    assert edges["relation"].tolist() == ["related_to"] * 2
    assert edges["weight"].tolist() == [2.0, 1.0]
    assert edges["source"].tolist() == ["a", "1"]
    assert edges["source_type"].tolist() == [None, "gene"]


def test_names_are_found_as_text():
    edges = resolve_edges(table(source=["7"], target=[7]), NODES)

    assert edges[["source", "target"]].to_numpy().tolist() == [[1, 1]]


def test_ambiguous_name_is_an_error_that_names_the_column_to_add():
    with pytest.raises(ValueError, match="'TP53' in 'rna', 'protein'.*source_modality"):
        resolve_edges(table(source=["TP53"], target=["7"]), NODES)


def test_modality_or_type_resolves_a_name():
    by_modality = table(source=["TP53"], target=["7"], source_modality=["protein"])
    by_type = table(source=["TP53"], target=["7"], source_type=["gene"])

    assert resolve_edges(by_modality, NODES)["source"].tolist() == [2]
    assert resolve_edges(by_type, NODES)["source"].tolist() == [0]


def test_unknown_names_have_no_edges_and_rows_tell_which():
    edges = resolve_edges(table(source=["x", "7"], target=["7", "7"]), NODES)

    assert edges["row"].tolist() == [1]


def test_pairs_stand_once_per_relation_with_the_strongest_weight():
    edges = pd.DataFrame(
        {
            "source": [0, 1, 1, 2, 0],
            "target": [1, 0, 0, 2, 2],
            "relation": ["a", "a", "b", "a", "a"],
            "weight": [0.5, -2.0, 1.0, 1.0, 0.0],
        }
    )

    kept = unique_edges(edges)

    assert kept.to_numpy().tolist() == [[1, 0, "a", -2.0], [1, 0, "b", 1.0]]
