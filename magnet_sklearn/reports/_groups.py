"""Groups of patients whose scores are told apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from magnet_sklearn.data import MultiModalData
from magnet_sklearn.reports._outcomes import label_text

_MOST_LEVELS = 10  # of numbers that are taken as they are


@dataclass(frozen=True)
class Group:
    """Patients with something in common.

    Parameters
    ----------
    kind : str
        "all", "pattern", "site" or the name of a subgroup variable.
    level : str
        What they have in common.
    rows : int ndarray
        Their places.
    """

    kind: str
    level: str
    rows: np.ndarray


def groups_of(X: MultiModalData, subgroups: Any, site: Any) -> list[Group]:
    """Return all patients, then those of each pattern, subgroup and site."""
    patterns = pd.Series([pattern_name(X, row) for row in X.mask])
    groups = [Group("all", "all patients", np.arange(len(X)))]
    groups += _levels("pattern", patterns)
    frame = pd.DataFrame() if subgroups is None else pd.DataFrame(subgroups)
    for name in frame:
        label = "subgroup" if name == 0 and len(frame.columns) == 1 else str(name)
        groups += _levels(label, frame[name].reset_index(drop=True))
    if site is not None:
        groups += _levels("site", pd.Series(np.asarray(site)))
    return groups


def pattern_name(X: MultiModalData, observed: np.ndarray) -> str:
    """Name a pattern by the modalities that are there."""
    return " + ".join(np.array([*X], object)[observed]) or "no modality"


def _levels(kind, values):
    """Return a group for each value; numbers of many values in thirds."""
    is_number = pd.api.types.is_numeric_dtype(values)
    if is_number and values.nunique() > _MOST_LEVELS:
        cut = pd.qcut(values, 3, duplicates="drop")
        values = cut.map(lambda part: f"{part.left:.3g} to {part.right:.3g}")
    names = values.astype(object).map(label_text)
    order = [*values.cat.categories] if hasattr(values, "cat") else None
    levels = [*map(label_text, order)] if order else [*names.value_counts().index]
    found = ((level, np.flatnonzero(names == level)) for level in levels)
    return [Group(kind, level, rows) for level, rows in found if len(rows)]
