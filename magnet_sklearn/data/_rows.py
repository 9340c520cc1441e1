"""Row keys of a container: positions as in numpy, ids as in pandas."""

from __future__ import annotations

from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from pandas.api import types

from magnet_sklearn.data._ids import found_in
from magnet_sklearn.data._names import did_you_mean, quoted
from magnet_sklearn.data._same_patients import check_same_patients

if TYPE_CHECKING:
    from magnet_sklearn.data._container import MultiModalData

_ADVICE = (
    "Use an integer, a slice, or a list, array or Series of integers or booleans for "
    "rows, X.loc[ids] for patient ids, and a string for one modality's block."
)


class RowsById:
    """Rows of a container by patient id, as `X.loc`.

    Parameters
    ----------
    data : MultiModalData
        The container.
    """

    def __init__(self, data: MultiModalData) -> None:
        self._data = data

    def __getitem__(self, key: Any) -> MultiModalData:
        check_key(key, self._data)
        return self._data[rows_of_ids(key, self._data.index)]


def check_key(key: Any, X: MultiModalData) -> None:
    """Refuse booleans of other patients, or of those of X in another order."""
    if isinstance(key, pd.Series) and types.is_bool_dtype(key.dtype):
        check_same_patients(X, {"key": key})


def rows_of_ids(key: Any, index: pd.Index) -> np.ndarray:
    """Positions of patient ids.

    Parameters
    ----------
    key : id, array-like of ids, or array-like of bool
        One id, ids in any order, or who is selected.
    index : Index of shape (n_patients,)
        The patient ids.

    Returns
    -------
    rows : int ndarray
        In the order of the ids; all rows of an id that repeats.

    Raises
    ------
    KeyError
        If an id is unknown.
    TypeError
        If the key is a slice.
    """
    if isinstance(key, slice):
        if key == slice(None):
            return np.arange(len(index))
        raise TypeError(
            "X.loc takes patient ids, not a slice. Use X.loc[ids], or X[start:stop] "
            "for rows by position."
        )
    if types.is_scalar(key) or (index.nlevels > 1 and isinstance(key, tuple)):
        key = [key]
    ids = key if isinstance(key, pd.Index) else pd.Index(list(key))
    if types.is_bool_dtype(ids.dtype) and not types.is_bool_dtype(index.dtype):
        return _positions(np.asarray(ids, dtype=bool), len(index))
    rows = index.get_indexer_for(ids) if len(ids) else np.empty(0, dtype=np.intp)
    if (rows < 0).any():
        raise KeyError(_unknown_ids(ids[~found_in(ids, index)], index))
    return rows


def as_rows(key: Any, n_rows: int) -> slice | np.ndarray:
    """Turn a row key into a slice or an array of positions.

    Parameters
    ----------
    key : int, slice, tuple ``(rows, ...)``, or array-like of int or bool
        Key as given between the brackets.
    n_rows : int
        Number of rows there are.

    Returns
    -------
    rows : slice or int ndarray
        An integer becomes a slice of one row, so that dimensions are kept.

    Raises
    ------
    IndexError
        If a position is out of bounds or a boolean key has another length.
    TypeError
        If the key is none of the above.
    """
    if isinstance(key, tuple):
        key = _first_axis(key)
    if key is Ellipsis:
        return slice(None)
    if isinstance(key, slice):
        return key
    if isinstance(key, Integral) and not isinstance(key, bool):
        return _one_row(int(key), n_rows)
    return _positions(key, n_rows)


def _first_axis(key: tuple[Any, ...]) -> Any:
    # scikit-learn asks for X[rows, ...], numpy users write X[rows, :]
    rest_is_everything = all(
        part is Ellipsis or (isinstance(part, slice) and part == slice(None))
        for part in key[1:]
    )
    if not key or len(key) > 2 or not rest_is_everything:
        raise TypeError(f"Rows cannot be selected with the key {key!r}. {_ADVICE}")
    return key[0]


def _one_row(row: int, n_rows: int) -> slice:
    if not -n_rows <= row < n_rows:
        raise IndexError(f"Row {row} is out of bounds: there are {n_rows} patients.")
    row %= n_rows
    return slice(row, row + 1)


def _positions(key: Any, n_rows: int) -> np.ndarray:
    array = np.asarray(key)
    if array.dtype == object and pd.api.types.is_bool_dtype(key):
        array = array.astype(bool)
    if array.size == 0 and array.dtype.kind == "f":
        array = array.astype(np.intp)
    if array.ndim != 1 or array.dtype.kind not in "biu":
        raise TypeError(_not_positions(key, array))
    if array.dtype.kind == "b":
        if len(array) != n_rows:
            raise IndexError(
                f"The boolean key has {len(array)} values for {n_rows} patients."
            )
        return np.flatnonzero(array)
    outside = (array < -n_rows) | (array >= n_rows)
    if outside.any():
        raise IndexError(
            f"Row {array[outside][0]} is out of bounds: there are {n_rows} patients."
        )
    return array


def _not_positions(key: Any, array: np.ndarray) -> str:
    first = array.ravel()[0] if array.size else None
    if isinstance(first, str):
        return (
            f"X[...] takes rows by position, but the key holds text such as "
            f"{str(first)!r}. Use an integer, a slice, or a list of integers or "
            "booleans; X.loc[ids] for patient ids; X[name] for the block of one "
            "modality."
        )
    return f"Rows cannot be selected with a key of type {type(key).__name__}. {_ADVICE}"


def _unknown_ids(unknown: pd.Index, index: pd.Index) -> str:
    message = f"{len(unknown)} patient id(s) are unknown: {quoted(unknown, 5)}."
    if types.is_numeric_dtype(unknown.dtype) != types.is_numeric_dtype(index.dtype):
        kind = "numbers" if types.is_numeric_dtype(index.dtype) else "text"
        return f"{message} The ids of these patients are {kind}: {quoted(index, 3)}."
    return f"{message} There are {quoted(index, 3)}.{did_you_mean(unknown[0], index)}"
