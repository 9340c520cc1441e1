"""Fit a model without each fold."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from sklearn.base import clone
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold
from sklearn.utils import _safe_indexing
from sklearn.utils.validation import has_fit_parameter

from magnet_sklearn.data import MultiModalData


def fit_without_folds(
    estimator: Any,
    X: MultiModalData,
    y: Any,
    groups: Any,
    fold: np.ndarray,
    n_jobs: int | None,
) -> list[Any]:
    """Fit a clone without each fold, and one to all patients.

    Parameters
    ----------
    estimator : estimator
        Not fitted.
    X : MultiModalData of shape (n_patients, n_modalities)
        Patients.
    y : array-like or DataFrame with n_patients rows
        As the estimator takes it.
    groups : array-like of shape (n_patients,) or None
        Passed on where the estimator takes groups.
    fold : int ndarray of shape (n_patients,)
        Number of the fold that holds a patient out.
    n_jobs : int or None
        Models fitted at a time.

    Returns
    -------
    models : list of n_folds + 1 estimators
        The last one is fitted to all patients.
    """
    rows = [np.flatnonzero(fold != number) for number in range(fold.max() + 1)]
    return Parallel(n_jobs=n_jobs)(
        delayed(_fit)(estimator, X, y, groups, kept)
        for kept in [*rows, np.arange(len(X))]
    )


def _fit(estimator, X, y, groups, rows):
    """Fit a clone to some patients."""
    model = clone(estimator)
    if getattr(model, "modalities", None) is not None:
        model.set_params(modalities=None)  # X has been split into modalities
    beside = {}
    if groups is not None and has_fit_parameter(model, "groups"):
        beside["groups"] = _safe_indexing(groups, rows)
    return model.fit(X[rows], _safe_indexing(y, rows), **beside)


def held_out_folds(
    cv: Any, X: MultiModalData, strata: np.ndarray, groups: Any, seed: int
) -> np.ndarray:
    """Assign patients to folds.

    Parameters
    ----------
    cv : int or splitter
        Number of folds, or what splits.
    X : MultiModalData of shape (n_patients, n_modalities)
        Patients.
    strata : ndarray of shape (n_patients,)
        Of which each fold gets equal shares.
    groups : array-like of shape (n_patients,) or None
        Patients to hold out together.
    seed : int
        Of the shuffle.

    Returns
    -------
    fold : int ndarray of shape (n_patients,)
        Number of the fold that holds a patient out.
    """
    if not hasattr(cv, "split"):
        kind = StratifiedKFold if groups is None else StratifiedGroupKFold
        cv = kind(cv, shuffle=True, random_state=seed)
    fold = np.full(len(X), -1)
    times_held_out = np.zeros(len(X), dtype=int)
    for number, (_, held_out) in enumerate(cv.split(X, strata, groups)):
        fold[held_out] = number
        times_held_out[held_out] += 1
    wrong = np.flatnonzero(times_held_out != 1)
    if len(wrong):
        raise ValueError(
            f"cv={cv!r} holds {len(wrong)} patients out {times_held_out[wrong[0]]} "
            f"times, first in row(s) {wrong[:5].tolist()}. Conformal prediction needs "
            "each of them held out once: pass a number of folds, or a splitter such as "
            "KFold or GroupKFold."
        )
    return pd.factorize(fold)[0]
