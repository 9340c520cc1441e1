"""Columns of X that say where a patient was measured, and what else to keep."""

from typing import Any

import numpy as np
import pandas as pd

from magnet_sklearn.data import (
    MultiModalData,
    as_named_frame,
    did_you_mean,
    is_categorical,
    quoted,
)


def read_column(X: MultiModalData, where: Any, parameter: str) -> pd.Series:
    """Column of a modality, by (modality, column).

    Parameters
    ----------
    X : MultiModalData of shape (n_patients, n_modalities)
        Patients.
    where : tuple of (str, column name)
        Modality and column.
    parameter : str
        Whose value `where` is, for messages.

    Returns
    -------
    column : Series of shape (n_patients,)
        Missing for patients who lack the modality.
    """
    if not isinstance(where, tuple) or len(where) != 2:
        raise TypeError(
            f"{parameter} takes a tuple (modality, column), such as ('clinical', "
            f"'hospital'), or a list of them if it is covariates; got {where!r}."
        )
    modality, column = where
    if modality not in X:
        raise ValueError(
            f"{parameter}={where!r} names a modality that X does not have.\nModalities "
            f"of X: {quoted(X)}.{did_you_mean(modality, X)}"
        )
    frame = as_named_frame(modality, X[modality], X.index)
    if column not in frame.columns:
        raise ValueError(
            f"{parameter}={where!r} names a column that modality {modality!r} does not "
            f"have. It has {quoted(frame.columns, 10)}."
            f"{did_you_mean(column, frame.columns)}"
        )
    values = frame.iloc[:, frame.columns.tolist().index(column)]
    if values.dtype.kind == "f":
        return values
    # comparisons with pandas.NA have no truth value
    return values.astype(object).where(values.notna(), np.nan)


class CovariateDesign:
    """Numbers that stand for covariates: centred, missing cells at the mean.

    Parameters
    ----------
    columns : tuple of (str, column name)
        The covariates.
    """

    def __init__(self, columns: tuple[tuple[str, Any], ...]) -> None:
        self.columns = columns

    def fit(self, X: MultiModalData) -> "CovariateDesign":
        """Learn means of numbers and shares of categories."""
        self._categories: list[list[Any] | None] = []
        for where in self.columns:
            column = read_column(X, where, "covariates")
            text = bool(is_categorical(column.to_frame())[0])
            levels = sorted(column.dropna().unique(), key=str) if text else None
            self._categories.append(levels)
        self._center = np.zeros(0)
        raw = self._raw(X)
        known = np.maximum((~np.isnan(raw)).sum(axis=0), 1)
        self._center = np.nansum(raw, axis=0) / known
        return self

    def transform(self, X: MultiModalData) -> np.ndarray:
        """Return an array of shape (n_patients, n_columns) without missing cells."""
        return np.nan_to_num(self._raw(X) - self._center)

    def _raw(self, X: MultiModalData) -> np.ndarray:
        parts = [np.zeros((len(X), 0))]
        for where, levels in zip(self.columns, self._categories, strict=True):
            column = read_column(X, where, "covariates")
            if levels is None:
                parts.append(column.to_numpy(dtype=np.float64)[:, None])
                continue
            dummies = np.array([column == level for level in levels[1:]], dtype=float)
            dummies = dummies.reshape(-1, len(X)).T
            dummies[~column.isin(levels).to_numpy()] = np.nan
            parts.append(dummies)
        return np.hstack(parts)
