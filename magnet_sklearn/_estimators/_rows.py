"""Checks of what comes beside X, row by row."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from sklearn.utils import _safe_indexing
from sklearn.utils.validation import (
    _check_sample_weight,
    check_consistent_length,
    column_or_1d,
)

from magnet_sklearn._targets import Target
from magnet_sklearn.data import MultiModalData, as_pandas, check_same_patients


class TrainingRows(NamedTuple):
    """Checked patients with all that comes beside them, row by row."""

    X: MultiModalData
    y: np.ndarray | pd.DataFrame
    weight: np.ndarray
    groups: np.ndarray | None


def check_rows(
    X: MultiModalData,
    y: Any,
    target: Target,
    *,
    sample_weight: Any = None,
    groups: Any = None,
    **of_target: Any,
) -> TrainingRows:
    """Check y, weights and groups, and leave out patients of weight 0.

    Parameters
    ----------
    X : MultiModalData of shape (n_patients, n_modalities)
        Checked patients.
    y : any
        As the target takes it.
    target : Target
        Checks y.
    sample_weight, groups : array-like of shape (n_patients,), default=None
        As in `fit`.
    **of_target : any
        Further arguments of `Target.check`.
    """
    check_same_patients(
        X, {"y": y, "sample_weight": sample_weight, "groups": groups, **of_target}
    )
    y = target.check(as_pandas(y), **of_target)
    check_consistent_length(X, y, groups)
    weight = _check_sample_weight(
        sample_weight, y, dtype=np.float64, ensure_non_negative=True
    )
    groups = None if groups is None else column_or_1d(groups)
    kept = np.flatnonzero(weight > 0)
    if len(kept) == len(weight):
        return TrainingRows(X, y, weight, groups)
    return TrainingRows(
        X[kept],
        _safe_indexing(y, kept),
        weight[kept],
        None if groups is None else groups[kept],
    )
