"""describe_blocks: what each column of a container holds, and what is suspicious."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from magnet_sklearn.data._blocks import Block, as_named_frame, is_sparse
from magnet_sklearn.data._columns import Finding
from magnet_sklearn.data._frames import is_categorical
from magnet_sklearn.data._kinds import is_text
from magnet_sklearn.data._names import quoted
from magnet_sklearn.data._suspicions import block_reasons, inspect_block

_NARROW = 100
_COLUMNS = ["type", "dtype", "missing", "distinct", "min", "max", "top", "suspicious"]


def describe_blocks(blocks: Mapping[str, Block]) -> pd.DataFrame:
    """Describe the columns of blocks.

    Parameters
    ----------
    blocks : mapping of str to block of n_patients rows
        Modalities by name.

    Returns
    -------
    description : DataFrame of shape (n_columns, 8)
        Rows by modality and column; column "" is the modality as a whole, which
        arrays of more than 100 columns or two dimensions have in place of columns, and
        others where something is suspicious about them.
    """
    rows: dict[tuple[str, Any], dict[str, Any]] = {}
    for modality, block in blocks.items():
        reasons = " ".join(block_reasons(block))
        if not isinstance(block, pd.DataFrame) and _is_wide(block):
            rows[modality, ""] = _whole(block) | {"top": "", "suspicious": reasons}
            continue
        if reasons:
            kind = _kind(block)
            rows[modality, ""] = {"type": kind, "top": "", "suspicious": reasons}
        for name, row in _describe_columns(modality, block).items():
            rows[modality, name] = row
    index = pd.MultiIndex.from_tuples(list(rows), names=["modality", "column"])
    frame = pd.DataFrame(list(rows.values()), index=index, columns=_COLUMNS)
    frame["distinct"] = frame["distinct"].astype("Int64")
    return frame


def _describe_columns(modality: str, block: Block) -> dict[Any, dict[str, Any]]:
    index = pd.RangeIndex(block.shape[0])
    frame = as_named_frame(modality, block, index)
    findings = dict(inspect_block(frame))
    is_category = is_categorical(frame)
    is_notes = is_text(frame)
    numbers = frame.loc[:, ~is_category]
    values = numbers.to_numpy(dtype=np.float64)
    with np.errstate(invalid="ignore"):
        low = np.fmin.reduce(values, axis=0, initial=np.nan)
        high = np.fmax.reduce(values, axis=0, initial=np.nan)
    ranges = dict(zip(numbers.columns, zip(low, high, strict=True), strict=True))
    missing, distinct = frame.isna().mean(), frame.nunique()
    rows: dict[Any, dict[str, Any]] = {}
    for name, category in zip(frame.columns, is_category, strict=True):
        finding = findings.get(name)
        rows[name] = {
            "type": "text" if is_notes else "category" if category else "number",
            "dtype": str(frame[name].dtype),
            "missing": missing[name],
            "distinct": distinct[name],
            "top": "",
            "suspicious": str(finding) if finding else "",
        }
        if category:
            rows[name]["top"] = "" if is_notes else _top(frame[name], finding)
        else:
            rows[name]["min"], rows[name]["max"] = ranges[name]
    return rows


def _top(column: pd.Series, finding: Finding | None) -> str:
    """Most frequent categories; nothing of what may be about single patients."""
    counts = column.value_counts()
    counts = counts[counts > 1] if finding else counts[counts > 0]
    return "" if finding and finding.is_error else quoted(counts.index[:3], 3)


def _is_wide(block: Block) -> bool:
    return block.ndim > 2 or block.shape[1] > _NARROW


def _kind(block: Block) -> str:
    if isinstance(block, pd.DataFrame):
        return "table"
    return "sparse" if is_sparse(block) else "array"


def _whole(block: Block) -> dict[str, Any]:
    """Describe an array as a whole; absent cells of a sparse one are zeros."""
    values = block.data if is_sparse(block) else block
    n_cells = int(np.prod(block.shape))
    with np.errstate(invalid="ignore"):
        low = np.fmin.reduce(values, axis=None, initial=np.nan)
        high = np.fmax.reduce(values, axis=None, initial=np.nan)
    if values.size < n_cells and is_sparse(block):
        low, high = np.fmin(low, 0.0), np.fmax(high, 0.0)
    return {
        "type": _kind(block),
        "dtype": str(block.dtype),
        "missing": float(np.isnan(values).sum() / n_cells) if n_cells else 0.0,
        "min": float(low),
        "max": float(high),
    }
