"""Training patients who resemble a patient, for a report."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from magnet_sklearn._estimators import BaseMagnet
from magnet_sklearn.data import MultiModalData
from magnet_sklearn.explain import neighbor_influence


def similar_patients(
    est: BaseMagnet,
    X: MultiModalData,
    references: Any,
    y_references: Any,
    n_neighbors: int,
    show_ids: bool,
) -> list[dict[str, Any]] | None:
    """Return the nearest training patients, if their outcomes are given."""
    if y_references is None:
        return None
    found = neighbor_influence(est, X, y_references, n_neighbors, references=references)
    influences = [name for name in found if str(name).startswith("influence")]
    outcomes = [name for name in found if str(name).startswith("outcome")]
    return [
        {
            "id": str(name) if show_ids else None,
            "similarity": row["similarity"],
            "shared": list(row["shared"]),
            "has_influence": bool(np.any(row[influences].astype(float) != 0)),
            "outcomes": [
                {
                    "name": str(column).removeprefix("outcome").removeprefix(": "),
                    "value": _plain(row[column]),
                }
                for column in outcomes
            ],
        }
        for name, row in found.iterrows()
    ]


def _plain(value):
    """Write whether there was an event as yes or no; leave numbers and classes."""
    if pd.isna(value):
        return None
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    return value if isinstance(value, int | float | np.number) else str(value)
