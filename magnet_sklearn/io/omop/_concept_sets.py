"""Which features the concept of a row belongs to."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from magnet_sklearn.io.omop._omop_features import OMOPFeature
from magnet_sklearn.io.omop._table_columns import whole_numbers
from magnet_sklearn.io.omop._table_sources import TableSource, read_columns

_ABOVE, _BELOW = "ancestor_concept_id", "descendant_concept_id"


def concept_sets(
    source: TableSource, features: Sequence[OMOPFeature]
) -> list[frozenset[int]]:
    """Return the concepts of each feature, with those below where it wants them."""
    above = {c for feature in features if feature.descendants for c in feature.concepts}
    if not above:
        return [feature.concepts for feature in features]
    if not source.place("concept_ancestor"):
        raise ValueError(
            "The mapping wants descendants of concepts, but the source has no table "
            "'concept_ancestor'. Add it, or name all concepts."
        )
    pairs = read_columns(source, "concept_ancestor", [_ABOVE, _BELOW])
    table = pd.DataFrame(
        {n: whole_numbers(pairs, "concept_ancestor", n) for n in (_ABOVE, _BELOW)}
    )
    table = table[table[_ABOVE].isin(above)]
    below = table.groupby(_ABOVE)[_BELOW].agg(frozenset)
    return [
        feature.concepts.union(*(below.get(c, frozenset()) for c in feature.concepts))
        if feature.descendants
        else feature.concepts
        for feature in features
    ]


def matches(concepts: np.ndarray, sets: Sequence[tuple[int, frozenset[int]]]):
    """Return rows and features of which a concept is in the set.

    Parameters
    ----------
    concepts : int ndarray of shape (n_rows,)
        Concept of each row.
    sets : list of (int, frozenset of int)
        Number of a feature, and its concepts.

    Returns
    -------
    rows, features : int ndarray of shape (n_matches,)
        In order of features, then rows.
    """
    pairs = [(concept, number) for number, own in sets for concept in own]
    wanted = pd.DataFrame(pairs, columns=["concept", "feature"], dtype=np.int64)
    rows = pd.DataFrame({"concept": concepts, "row": np.arange(len(concepts))})
    rows = rows[np.isin(concepts, wanted["concept"].unique())]
    found = rows.merge(wanted, on="concept").sort_values(["feature", "row"])
    return found["row"].to_numpy(), found["feature"].to_numpy()
