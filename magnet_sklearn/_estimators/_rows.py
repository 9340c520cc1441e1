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

from magnet_sklearn._targets import Target, is_unlabelled
from magnet_sklearn.data import MultiModalData, as_pandas, check_same_patients


class TrainingRows(NamedTuple):
    """Checked patients with all that comes beside them, row by row.

    Those without a label stand behind the others in X and groups, and are not in y
    and weight.
    """

    X: MultiModalData
    y: np.ndarray | pd.DataFrame
    weight: np.ndarray
    groups: np.ndarray | None


def check_rows(
    X: MultiModalData,
    y: Any,
    target: Target,
    *,
    unlabeled: Any = None,
    sample_weight: Any = None,
    groups: Any = None,
    **of_target: Any,
) -> TrainingRows:
    """Check y, weights and groups; leave out patients of weight 0.

    Patients without a label go behind the others.

    Parameters
    ----------
    X : MultiModalData of shape (n_patients, n_modalities)
        Checked patients.
    y : any
        As the target takes it.
    target : Target
        Checks y.
    unlabeled : any, default=None
        Value in y of patients without a label.
    sample_weight, groups : array-like of shape (n_patients,), default=None
        As in `fit`.
    **of_target : any
        Further arguments of `Target.check`.
    """
    check_same_patients(
        X, {"y": y, "sample_weight": sample_weight, "groups": groups, **of_target}
    )
    y = as_pandas(y)
    known, unknown = np.arange(len(X)), np.arange(0)
    if unlabeled is not None:
        check_consistent_length(X, y, groups, *of_target.values())
        unlabelled = target.is_unlabelled(y, unlabeled)
        known, unknown = np.flatnonzero(~unlabelled), np.flatnonzero(unlabelled)
        _check_some_labelled(known, unknown, unlabeled)
        y = labelled_rows(y, known)
        of_target = {name: labelled_rows(of_target[name], known) for name in of_target}
    y = target.check(y, **of_target)
    check_consistent_length(X if unlabeled is None else known, y)
    check_consistent_length(X, groups)
    weight = _check_sample_weight(
        sample_weight, np.arange(len(X)), dtype=np.float64, ensure_non_negative=True
    )
    groups = None if groups is None else column_or_1d(groups)
    kept = weight[known] > 0
    if len(y) == len(X) and kept.all():
        return TrainingRows(X, y, weight, groups)
    labelled = known[kept]
    rows = np.concatenate([labelled, unknown[weight[unknown] > 0]])
    return TrainingRows(
        X[rows],
        _safe_indexing(y, np.flatnonzero(kept)),
        weight[labelled],
        None if groups is None else groups[rows],
    )


def _check_some_labelled(known, unknown, marker):
    """Refuse patients of whom nobody has a label."""
    if not len(known):
        raise ValueError(
            f"All {len(unknown)} patients of y are unlabelled (unlabeled={marker!r}). "
            "Pass some with a label; `pretrain` takes patients without any."
        )


def labelled_rows(values, rows):
    """Rows with a label, of what there is."""
    if values is None:
        return None
    values = _safe_indexing(values, rows)
    # missing values among the others have made objects of them
    return values.infer_objects() if hasattr(values, "infer_objects") else values


def known_labels(y, marker):
    """Rows of y with a label, before it is known what y is."""
    if marker is None:
        return y
    y = as_pandas(y)
    return _safe_indexing(y, np.flatnonzero(~is_unlabelled(y, marker)))


def rows_to_score(estimator, X, y, sample_weight=None):
    """Patients with a label, their targets and weights."""
    marker, model = estimator.unlabeled, estimator._model
    if marker is None:
        return X, y, sample_weight
    y = as_pandas(y)
    rows = np.flatnonzero(~model.target.is_unlabelled(y, marker))
    X = model.inputs.check(estimator, X)[rows]
    return X, labelled_rows(y, rows), labelled_rows(sample_weight, rows)
