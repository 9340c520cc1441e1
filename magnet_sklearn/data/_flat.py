"""A flat table cut into modalities by a map of columns."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from magnet_sklearn.data._blocks import is_sparse
from magnet_sklearn.data._names import did_you_mean, quoted


def split_columns(X: Any, modalities: Mapping[str, Any]) -> dict[str, Any]:
    """Cut a flat table into one block per modality.

    Parameters
    ----------
    X : DataFrame, sparse matrix or array-like of shape (n_patients, n_features)
        The flat table.
    modalities : mapping of str to columns
        Columns of each modality: a slice, a list of positions or of names (frames
        only), or a bool mask of shape (n_features,).

    Returns
    -------
    blocks : dict of str to DataFrame, sparse matrix or ndarray
        One block per modality, in the order of `modalities`.

    Raises
    ------
    ValueError
        If X is not 2-D, or a column is in no modality, in two, or does not exist.
    TypeError
        If `modalities` is not a mapping or columns are given in another form.
    """
    if not isinstance(modalities, Mapping):
        raise TypeError(
            "`modalities` must be a dict of modality name to columns, got "
            f"{type(modalities).__name__}. Example: {{'rna': slice(0, 200)}}."
        )
    if not (isinstance(X, pd.DataFrame) or is_sparse(X)):
        X = _as_table(X)
    names = X.columns if isinstance(X, pd.DataFrame) else pd.RangeIndex(X.shape[1])
    columns = {name: _positions(name, key, X) for name, key in modalities.items()}
    _check_partition(columns, names)
    if isinstance(X, pd.DataFrame):
        return {name: X.iloc[:, chosen] for name, chosen in columns.items()}
    if is_sparse(X):
        X = X.tocsc()
    return {name: X[:, chosen] for name, chosen in columns.items()}


def _as_table(X: Any) -> np.ndarray:
    array = np.asarray(X)
    if array.dtype.kind in "US":
        array = np.asarray(X, dtype=object)
    if array.ndim != 2:
        raise ValueError(
            f"X has shape {array.shape}, but `modalities` assigns columns of a 2-D "
            "table. Reshape your data, or pass a dict of blocks."
        )
    return array


def _positions(modality: str, key: Any, X: Any) -> np.ndarray:
    n_columns = X.shape[1]
    where = f"`modalities`[{modality!r}]"
    if isinstance(key, slice) and _is_plain(key):
        return np.arange(n_columns)[key]
    array = np.atleast_1d(np.asarray(key)) if not isinstance(key, slice) else None
    if array is None or array.ndim != 1 or not _selects(array):
        raise TypeError(
            f"{where} must be a slice, a list of column positions or names, or a bool "
            f"mask; got {key!r}."
        )
    if array.dtype.kind == "b":
        if len(array) != n_columns:
            raise ValueError(
                f"{where} is a mask of {len(array)} values, but X has {n_columns} "
                "columns. Give one value per column."
            )
        return np.flatnonzero(array)
    if array.dtype.kind in "iu" or array.size == 0:
        return _check_range(where, array.astype(np.intp), n_columns)
    return _positions_by_name(where, array, X)


def _is_plain(key: slice) -> bool:
    parts = (key.start, key.stop, key.step)
    return all(part is None or isinstance(part, int | np.integer) for part in parts)


def _selects(array: np.ndarray) -> bool:
    if array.dtype.kind in "biuUT" or array.size == 0:
        return True
    return array.dtype == object and all(isinstance(label, str) for label in array)


def _check_range(where: str, positions: np.ndarray, n_columns: int) -> np.ndarray:
    outside = (positions < -n_columns) | (positions >= n_columns)
    if outside.any():
        raise ValueError(
            f"{where} has column(s) {quoted(positions[outside], 5)}, but X has only "
            f"{n_columns} columns, counted from 0."
        )
    return positions % n_columns


def _positions_by_name(where: str, labels: np.ndarray, X: Any) -> np.ndarray:
    if not isinstance(X, pd.DataFrame):
        raise ValueError(
            f"{where} names columns ({quoted(labels, 3)}), but X has no column names. "
            "Pass a DataFrame, or positions."
        )
    if not X.columns.is_unique:
        repeated = X.columns[X.columns.duplicated()].unique()
        raise ValueError(
            f"X has duplicate column names: {quoted(repeated, 5)}. Rename them, or "
            "give positions in `modalities`."
        )
    positions = X.columns.get_indexer(pd.Index(labels))
    unknown = labels[positions < 0]
    if len(unknown):
        raise ValueError(
            f"{where} has column(s) that X does not have: {quoted(unknown, 5)}."
            f"{did_you_mean(unknown[0], X.columns)}"
        )
    return positions


def _check_partition(columns: dict[str, np.ndarray], names: pd.Index) -> None:
    owner: dict[int, str] = {}
    for modality, positions in columns.items():
        for column in positions.tolist():
            if column in owner:
                raise ValueError(
                    f"Column {names[column]!r} is listed twice in `modalities`: in "
                    f"{owner[column]!r} and in {modality!r}. Give each column to one "
                    "modality."
                )
            owner[column] = modality
    if len(owner) < len(names):
        left_over = [names[j] for j in range(len(names)) if j not in owner]
        raise ValueError(
            f"{len(left_over)} column(s) of X are in no modality: "
            f"{quoted(left_over, 5)}. Name every column in `modalities`, or drop the "
            "others from X."
        )
