"""Outer join: blocks of different patients become blocks of one cohort."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from pandas.api import types

from magnet_sklearn.data._blocks import Block, as_block, take_or_missing, with_index
from magnet_sklearn.data._checks import check_name
from magnet_sklearn.data._names import quoted


def join_frames(frames: Mapping[str, Any]) -> tuple[dict[str, Block], pd.Index]:
    """Join frames by their patient ids.

    Parameters
    ----------
    frames : mapping of str to DataFrame or Series
        One frame per modality, with patient ids as row labels.

    Returns
    -------
    blocks : dict of str to DataFrame with n_patients rows
        Rows of absent patients are NaN.
    ids : Index of shape (n_patients,)
        All ids in the order in which they first appear.

    Raises
    ------
    TypeError
        If a value has no row labels, or ids are numbers here and text there.
    ValueError
        If there is no frame, or ids repeat or are missing.
    """
    if not frames:
        raise ValueError("There is no modality: pass at least one frame.")
    for name, frame in frames.items():
        if not isinstance(frame, pd.DataFrame | pd.Series):
            raise TypeError(
                f"Modality {name!r} is {type(frame).__name__}, which has no patient "
                "ids. Pass a DataFrame whose row labels are the patient ids."
            )
    blocks = {check_name(name): as_block(name, frame) for name, frame in frames.items()}
    return join_blocks(blocks, {name: frame.index for name, frame in frames.items()})


def join_blocks(
    blocks: Mapping[str, Block],
    ids: Mapping[str, pd.Index],
    cohort: pd.Index | None = None,
) -> tuple[dict[str, Block], pd.Index]:
    """Bring blocks to the rows of one cohort.

    Parameters
    ----------
    blocks : mapping of str to block
        Checked blocks.
    ids : mapping of str to Index
        Patient ids of the rows of each block.
    cohort : Index of shape (n_patients,), default=None
        Patients of the result. If None, all ids in the order of first appearance.

    Returns
    -------
    joined : dict of str to block with n_patients rows
        Rows of absent patients are NaN.
    cohort : Index of shape (n_patients,)
        Patients of the result.
    """
    for name, own in ids.items():
        check_unique(f"Modality {name!r}", own)
    if cohort is None:
        _check_same_kind(ids)
        first, *others = ids.values()
        cohort = first.append(list(others)).unique()
    joined = {
        name: with_index(_reordered(block, ids[name], cohort), cohort)
        for name, block in blocks.items()
    }
    return joined, cohort


def check_unique(owner: str, ids: pd.Index) -> None:
    """Refuse patient ids that are missing or repeat."""
    # pandas does not say which ids of several levels are missing
    rows = np.flatnonzero(ids.isna()) if ids.nlevels == 1 else np.empty(0)
    if len(rows):
        raise ValueError(
            f"{owner} has no patient id in row(s) {quoted(rows, 5)}. "
            "Drop these rows or fill in the id."
        )
    if not ids.is_unique:
        repeated = ids[ids.duplicated()].unique()
        raise ValueError(
            f"{owner} has more than one row for {len(repeated)} patient id(s): "
            f"{quoted(repeated, 5)}. Keep one row per patient, e.g. with "
            "frame[~frame.index.duplicated()]."
        )


def _reordered(block: Block, ids: pd.Index, cohort: pd.Index) -> Block:
    if ids.equals(cohort):
        return block
    return take_or_missing(block, ids.get_indexer(cohort))


def _check_same_kind(ids: Mapping[str, pd.Index]) -> None:
    # 17 and "17" would silently become two patients.
    numbers = [name for name, own in ids.items() if types.is_numeric_dtype(own.dtype)]
    others = [name for name in ids if name not in numbers and len(ids[name])]
    numbers = [name for name in numbers if len(ids[name])]
    if numbers and others:
        raise TypeError(
            f"Patient ids are numbers in modality {numbers[0]!r} "
            f"({quoted(ids[numbers[0]], 3)}), but not in {others[0]!r} "
            f"({quoted(ids[others[0]], 3)}). Bring them to one type, e.g. with "
            "frame.set_axis(frame.index.astype(str))."
        )
