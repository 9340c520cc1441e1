"""Concepts match as a loop over rows says."""

import numpy as np

from magnet_sklearn.io.omop._concept_sets import concept_sets, matches
from magnet_sklearn.io.omop._omop_features import parse_omop_features
from magnet_sklearn.io.omop._table_sources import DatabaseSource


def test_rows_match_all_features_with_their_concept():
    rng = np.random.default_rng(0)
    concepts = rng.integers(1, 9, size=200)
    sets = [(0, frozenset({1, 2})), (3, frozenset({2, 5})), (4, frozenset({77}))]

    rows, features = matches(concepts, sets)

    slow = [(r, n) for n, own in sets for r, c in enumerate(concepts) if c in own]
    assert list(zip(rows, features, strict=True)) == slow


def test_descendants_count_only_where_they_are_wanted(tables, as_database):
    source = DatabaseSource(as_database(tables), None)
    spec = {"table": "condition_occurrence", "concepts": 201820}
    (alone,) = parse_omop_features("a", "b", spec)
    (below,) = parse_omop_features("a", "b", {**spec, "descendants": True})

    assert concept_sets(source, [alone, below]) == [{201820}, {201820, 201826}]
