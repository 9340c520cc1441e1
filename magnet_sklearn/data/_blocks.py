"""The block of one modality: what is accepted, and what it becomes."""

from collections.abc import Iterator
from decimal import Decimal
from numbers import Real
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from scipy import sparse

from magnet_sklearn.data._frames import as_frame
from magnet_sklearn.data._ids import is_default
from magnet_sklearn.data._on_disk import in_parts
from magnet_sklearn.data._padded import PaddedArray, as_sets, is_ragged, like

# scipy ships no types, so its CSR array and matrix cannot be named here.
Block: TypeAlias = Any

_CHUNK_VALUES = 4_000_000


def as_block(modality: str, value: Any) -> Block:
    """Turn the value given for a modality into a block, without needless copies.

    Parameters
    ----------
    modality : str
        Name of the modality, for messages.
    value : DataFrame, Series, sparse matrix or array-like, one row per patient
        What the user gave. A sequence of 2-D arrays is sets.

    Returns
    -------
    block : ndarray of 2 or more dimensions, DataFrame or CSR array
        Numbers are float32 or float64; text and categories stay in frames.

    Raises
    ------
    ValueError
        If the value has fewer than two dimensions, complex numbers, dates or text.
    TypeError
        If the value is no table, or a cell is neither a number nor text.
    """
    if is_ragged(value):
        return _as_sets(modality, value)
    if isinstance(value, pd.Series):
        value = value.to_frame(modality if value.name is None else value.name)
    if isinstance(value, pd.DataFrame):
        return as_frame(modality, value)
    if is_sparse(value):
        return _as_csr(modality, value)
    return _as_array(modality, value)


def is_sparse(block: Any) -> bool:
    """Tell whether a block is sparse, without telling mypy.

    Types for scipy narrow to an abstract base that lacks what CSR has.
    """
    return bool(sparse.issparse(block))


def observed_rows(block: Block) -> np.ndarray:
    """Tell which rows of a block hold at least one value, as bool (n_patients,)."""
    if isinstance(block, pd.DataFrame):
        return np.asarray(block.notna().to_numpy().any(axis=1))
    if is_sparse(block):
        is_nan = sparse.csr_array(
            (np.isnan(block.data).astype(np.intp), block.indices, block.indptr),
            shape=block.shape,
        )
        return is_nan.sum(axis=1) < block.shape[1]
    observed = np.zeros(block.shape[0], dtype=bool)
    for rows in row_chunks(block):
        chunk = block[rows].reshape(len(block[rows]), -1)
        observed[rows] = ~np.isnan(chunk).all(axis=1)
    return observed


def row_chunks(block: np.ndarray) -> Iterator[slice]:
    """Yield slices of rows small enough for a temporary copy of each."""
    row_size = max(1, int(np.prod(block.shape[1:])))
    step = max(1, _CHUNK_VALUES // row_size)
    for start in range(0, block.shape[0], step):
        yield slice(start, start + step)


def take_rows(block: Block, rows: slice | np.ndarray) -> Block:
    """Rows of a block by position."""
    if isinstance(block, pd.DataFrame):
        return block.iloc[rows]
    if isinstance(rows, slice):
        return block[rows]
    return in_parts(block, len(rows), lambda part: block[rows[part]])


def take_or_missing(block: Block, positions: np.ndarray) -> Block:
    """Rows of a block by position, where position -1 gives an all-NaN row.

    Parameters
    ----------
    block : ndarray, DataFrame or CSR array with n_rows rows
        Where the rows come from; it is not changed.
    positions : int ndarray of shape (n_patients,)
        Row of `block` for each row of the result, or -1.

    Returns
    -------
    taken : block of the same kind with n_patients rows
        A frame has positions as its index: the caller sets the patient ids.
    """
    if isinstance(block, pd.DataFrame):
        frame = block.reset_index(drop=True).reindex(positions)
        return frame.reset_index(drop=True)
    found = positions >= 0
    if is_sparse(block):
        empty = np.full((int((~found).sum()), block.shape[1]), np.nan, block.dtype)
        stacked = sparse.vstack(
            [block[positions[found]], type(block)(empty)], format="csr"
        )
        order = np.concatenate([np.flatnonzero(found), np.flatnonzero(~found)])
        return stacked[np.argsort(order)]
    taken = np.full((len(positions), *block.shape[1:]), np.nan, dtype=block.dtype)
    taken[found] = block[positions[found]]
    return like(block, taken)


def with_index(block: Block, index: pd.Index) -> Block:
    """Give a frame the patient ids as its row labels; other blocks have none."""
    if isinstance(block, pd.DataFrame) and not block.index.is_(index):
        return block.set_axis(index, axis=0)
    return block


def feature_names(modality: str, block: Block) -> np.ndarray | None:
    """Names of the features of a block; None for more than two dimensions."""
    if isinstance(block, pd.DataFrame):
        return block.columns.to_numpy()
    if block.ndim > 2:
        return None
    return np.array([f"{modality}_{j}" for j in range(block.shape[1])], dtype=object)


def as_named_frame(modality: str, block: Block, index: pd.Index) -> pd.DataFrame:
    """Return a block as a frame with patient ids and feature names."""
    if isinstance(block, pd.DataFrame):
        return block
    if block.ndim > 2:
        raise ValueError(
            f"Modality {modality!r} has shape {block.shape} and does not fit in a "
            "table. Leave it out, or reshape it to two dimensions."
        )
    values = block.toarray() if is_sparse(block) else block
    return pd.DataFrame(values, index=index, columns=feature_names(modality, block))


def _as_sets(modality: str, value: Any) -> Block:
    is_named = isinstance(value, pd.Series) and not is_default(value.index)
    if is_named:
        raise ValueError(
            f"Modality {modality!r} is a Series of arrays with patient ids, which sets "
            "do not keep. Pass series.tolist(), and index=series.index to "
            "MultiModalData."
        )
    try:
        return as_sets(value)
    except (TypeError, ValueError) as error:
        raise type(error)(f"Modality {modality!r}: {error}") from error


def _as_csr(modality: str, value: Any) -> Any:
    if value.ndim != 2:
        raise ValueError(_wrong_dimensions(modality, value.shape))
    if value.dtype.kind == "c":
        raise ValueError(_complex_message(modality))
    block = value.tocsr()
    if block.dtype not in (np.float32, np.float64):
        block = block.astype(np.float64)
    if not block.has_canonical_format:
        block = block.copy()
        block.sum_duplicates()
    return block


def _as_array(modality: str, value: Any) -> np.ndarray:
    array = _to_numpy(modality, value)
    if array.ndim == 0:
        raise TypeError(
            f"Modality {modality!r} is {type(value).__name__}, which is not a table. "
            "Pass an array, DataFrame or sparse matrix with one row per patient."
        )
    if array.ndim < 2:
        raise ValueError(_wrong_dimensions(modality, array.shape))
    if array.dtype.kind in "OUS":
        array = _numbers_of(modality, array)
    if array.dtype.kind == "c":
        raise ValueError(_complex_message(modality))
    if array.dtype.kind not in "fiub":
        raise ValueError(
            f"Modality {modality!r} has dtype {array.dtype}, which is not a number. "
            "Turn dates into numbers, e.g. days since a reference date."
        )
    return _as_float(array)


def _as_float(array: np.ndarray) -> np.ndarray:
    if array.dtype.kind != "f":
        # Images of small integers would grow eightfold in float64.
        return array.astype(np.float64 if array.ndim == 2 else np.float32)
    if array.dtype.itemsize == 2:
        return array.astype(np.float32)
    if array.dtype.itemsize > 8:
        return array.astype(np.float64)
    return array.astype(array.dtype.newbyteorder("="), copy=False)


def _to_numpy(modality: str, value: Any) -> np.ndarray:
    if isinstance(value, np.memmap | PaddedArray):
        return value
    if isinstance(value, np.ma.MaskedArray):
        return np.ma.filled(value.astype(np.float64), np.nan)
    try:
        array = np.asarray(value)
        # Numbers beside text become text: the cells tell which is which.
        return np.asarray(value, dtype=object) if array.dtype.kind in "US" else array
    except ValueError as error:
        raise ValueError(
            f"Modality {modality!r} cannot be read as an array: its rows differ in "
            "length. Give every patient the same features, with NaN for missing "
            "values; sets are a list with one 2-D array per patient."
        ) from error


def _numbers_of(modality: str, array: np.ndarray) -> np.ndarray:
    array = array.astype(object)
    missing = pd.isna(array)
    types = set(map(type, array[~missing]))
    if any(issubclass(kind, complex | np.complexfloating) for kind in types):
        raise ValueError(_complex_message(modality))
    if not all(issubclass(kind, Real | np.bool_ | Decimal) for kind in types):
        raise _not_a_number(modality, array, missing)
    return np.where(missing, np.nan, array).astype(np.float64)


def _not_a_number(modality: str, array: np.ndarray, missing: np.ndarray) -> Exception:
    position = next(
        position
        for position, cell in np.ndenumerate(array)
        if not missing[position] and not isinstance(cell, Real | np.bool_ | Decimal)
    )
    cell = array[position]
    where = f"Modality {modality!r} has {cell!r} in column {position[1]}"
    if isinstance(cell, str | bytes):
        return ValueError(
            f"{where}, but arrays hold numbers only. Pass a DataFrame to use "
            "categorical columns, or turn the text into numbers or NaN."
        )
    return TypeError(
        f"{where}: a cell's argument must be a string or a number, not "
        f"{type(cell).__name__!r}. Turn the column into numbers or drop it."
    )


def _complex_message(modality: str) -> str:
    return (
        f"Complex data not supported: modality {modality!r} has complex numbers. "
        "Pass their real and imaginary parts as columns."
    )


def _wrong_dimensions(modality: str, shape: tuple[int, ...]) -> str:
    return (
        f"Modality {modality!r} has {len(shape)} dimension(s), shape {shape}; a block "
        "needs one row per patient and one column per feature. Reshape your data: "
        "array.reshape(-1, 1) if it is one feature, array.reshape(1, -1) if it is one "
        "patient, or pass a named Series."
    )
