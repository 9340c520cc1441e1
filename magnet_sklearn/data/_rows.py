"""Row keys of a container: what numpy accepts for the first axis."""

from numbers import Integral
from typing import Any

import numpy as np
import pandas as pd

_ADVICE = (
    "Use an integer, a slice, or a list, array or Series of integers or booleans for "
    "rows, and a string for one modality's block."
)


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
        raise TypeError(
            f"Rows cannot be selected with a key of type {type(key).__name__}. "
            f"{_ADVICE}"
        )
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
