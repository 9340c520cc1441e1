"""check_multimodal: whatever a user passes as X becomes MultiModalData."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from magnet_sklearn.data._blocks import Block, is_sparse, row_chunks
from magnet_sklearn.data._container import MultiModalData
from magnet_sklearn.data._flat import split_columns
from magnet_sklearn.data._frames import is_categorical
from magnet_sklearn.data._names import quoted
from magnet_sklearn.data._tables import as_pandas

FLAT_MODALITY = "features"


def check_multimodal(
    X: Any, *, modalities: Mapping[str, Any] | None = None
) -> MultiModalData:
    """Turn any accepted input into checked MultiModalData.

    Parameters
    ----------
    X : MultiModalData, mapping, DataFrame, sparse matrix or array-like
        A mapping of modality to block; a frame with two column levels, modality and
        feature; or a flat table of shape (n_patients, n_features).
    modalities : mapping of str to columns, default=None
        For a flat table: which columns belong to which modality, each as a slice, a
        list of positions or names, or a bool mask. If None, a flat table is one
        modality called "features".

    Returns
    -------
    X : MultiModalData of shape (n_patients, n_modalities)
        At least one patient, at least one feature per modality, no infinite value.

    Raises
    ------
    ValueError
        If there are 0 patients or 0 features or infinite values, or `modalities` does
        not name every column once.
    TypeError
        If X is a MuData or AnnData object.

    Examples
    --------
    >>> from magnet_sklearn.data import check_multimodal
    >>> X = check_multimodal(
    ...     [[0.1, 0.2, 61.0], [0.3, 0.4, 48.0]],
    ...     modalities={"rna": slice(0, 2), "age": [2]},
    ... )
    >>> X["age"].tolist()
    [[61.0], [48.0]]
    """
    data = _as_multimodal(as_pandas(X), modalities)
    _check_sizes(data)
    for modality, block in data.items():
        _check_finite(modality, block)
    return data


def _as_multimodal(X: Any, modalities: Mapping[str, Any] | None) -> MultiModalData:
    if isinstance(X, pd.Series):
        raise ValueError(
            f"X is a Series of {len(X)} values, one dimension where two are needed. "
            "One patient is a frame of one row: frame.iloc[[0]] or frame.loc[[id]], "
            "with two brackets; one feature of all patients is X.to_frame(). Reshape "
            "your data."
        )
    if hasattr(X, "obs_names") and not isinstance(X, pd.DataFrame):
        raise TypeError(
            f"X is a {type(X).__name__} object. Convert it with "
            "MultiModalData.from_mudata(X)."
        )
    has_levels = isinstance(X, pd.DataFrame) and X.columns.nlevels == 2
    is_flat = not isinstance(X, MultiModalData | Mapping) and not has_levels
    if modalities is not None and is_flat:
        return _from_part(split_columns(X, modalities))
    if modalities is not None:
        raise ValueError(
            "`modalities` assigns the columns of a flat table, but X already has named "
            "modalities. Leave `modalities` out, or pass a flat array or frame."
        )
    if isinstance(X, MultiModalData):
        return X
    if has_levels:
        return _from_levels(X)
    return _from_part({FLAT_MODALITY: X}) if is_flat else MultiModalData(X)


def _from_levels(X: pd.DataFrame) -> MultiModalData:
    first_level = X.columns.get_level_values(0)
    blocks = {}
    for modality in first_level.unique():
        block = X.loc[:, first_level == modality]
        blocks[modality] = block.set_axis(block.columns.get_level_values(1), axis=1)
    return _from_part(blocks)


def _from_part(blocks: Mapping[str, Any]) -> MultiModalData:
    """Make a container of a table whose rows a tool may have selected before."""
    data = MultiModalData(blocks)
    data._rows = None
    return data


def _check_sizes(data: MultiModalData) -> None:
    if len(data) == 0:
        raise ValueError(
            "Found 0 patients: X has 0 sample(s) while a minimum of 1 is required. "
            "Check how the rows were selected."
        )
    for modality, block in data.items():
        if 0 in block.shape[1:]:
            raise ValueError(
                f"Modality {modality!r} has 0 feature(s) (shape={block.shape}) while a "
                "minimum of 1 is required. Leave this modality out."
            )


def _check_finite(modality: str, block: Block) -> None:
    if is_sparse(block):
        infinite = np.isinf(block.data)
        coordinates = block.tocoo()
        rows, columns = coordinates.row[infinite], coordinates.col[infinite]
    elif isinstance(block, pd.DataFrame):
        numeric = np.flatnonzero(~is_categorical(block))
        rows, columns = np.nonzero(np.isinf(block.iloc[:, numeric].to_numpy()))
        columns = numeric[columns]
    else:
        rows, columns = _infinite_cells(block)
    if len(rows):
        names = block.columns if isinstance(block, pd.DataFrame) else None
        column = columns[0] if names is None else names[columns[0]]
        raise ValueError(
            f"Modality {modality!r} contains infinity: row(s) "
            f"{quoted(np.unique(rows), 5)}, first in column {quoted([column])}. "
            "Replace infinite values by NaN to have them treated as missing."
        )


def _infinite_cells(block: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    cells = [np.empty((2, 0), dtype=np.intp)]
    for rows in row_chunks(block):
        chunk = block[rows].reshape(len(block[rows]), -1)
        row, column = np.nonzero(np.isinf(chunk))
        cells.append(np.stack([row + rows.start, column]))
    found = np.concatenate(cells, axis=1)
    return found[0], found[1]
