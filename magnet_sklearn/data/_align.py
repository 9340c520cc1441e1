"""Outer join: blocks of different patients become blocks of one cohort."""

import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from pandas.api import types

from magnet_sklearn.data._blocks import Block, as_block, take_or_missing, with_index
from magnet_sklearn.data._checks import check_name
from magnet_sklearn.data._id_columns import check_modalities_of_ids, column_of, with_ids
from magnet_sklearn.data._ids import found_in
from magnet_sklearn.data._names import quoted
from magnet_sklearn.data._near_ids import unmatched
from magnet_sklearn.data._tables import as_pandas


def join_frames(
    frames: Mapping[str, Any],
    id_column: str | Mapping[str, str] | None = None,
    aggregate: str | None = None,
) -> tuple[dict[str, Block], pd.Index]:
    """Join frames by their patient ids.

    Parameters
    ----------
    frames : mapping of str to DataFrame, Series or table of another library
        One frame per modality, with patient ids as row labels or in a column.
    id_column : str or mapping of str to str, default=None
        Column with the patient ids, if they are not the row labels.
    aggregate : {"first", "mean"}, default=None
        What becomes of several rows of one patient.

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
    check_modalities_of_ids(id_column, frames)
    tables = {}
    for name, frame in frames.items():
        table = as_pandas(frame)
        if not isinstance(table, pd.DataFrame | pd.Series):
            raise TypeError(
                f"Modality {name!r} is {type(frame).__name__}, which has no patient "
                "ids. Pass a DataFrame whose row labels are the patient ids."
            )
        where = f"Modality {check_name(name)!r}"
        table = with_ids(where, table, column_of(id_column, name))
        tables[name] = one_row_per_patient(where, table, aggregate)
    blocks = {name: as_block(name, table) for name, table in tables.items()}
    return join_blocks(blocks, {name: table.index for name, table in tables.items()})


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
        for problem in unmatched(ids) + _transposed(blocks, ids):
            warnings.warn(problem, UserWarning, stacklevel=4)
        first, *others = ids.values()
        cohort = first.append(list(others)).unique()
    joined = {
        name: with_index(_reordered(block, ids[name], cohort), cohort)
        for name, block in blocks.items()
    }
    return joined, cohort


def one_row_per_patient(where: str, table: Any, aggregate: str | None) -> Any:
    """Refuse several rows of one patient, or aggregate them as the user says.

    Parameters
    ----------
    where : str
        Start of messages, such as "Modality 'rna'".
    table : DataFrame or Series
        Row labels are patient ids.
    aggregate : {"first", "mean"} or None
        How; None refuses them.

    Returns
    -------
    table : DataFrame or Series
        The table itself if no id repeats.
    """
    if aggregate not in (None, "first", "mean"):
        raise ValueError(
            f"`aggregate` must be 'first', 'mean' or None, got {aggregate!r}."
        )
    if aggregate is None or table.index.is_unique or table.index.isna().any():
        check_unique(where, table.index)
        return table
    first = table[~table.index.duplicated()]
    if aggregate == "first":
        return first
    numbers = pd.DataFrame(table).select_dtypes(["number", "bool"])
    # codes count ids in the order of first appearance, as `first` has them
    means = numbers.groupby(pd.factorize(table.index)[0]).mean()
    means = means.set_axis(first.index, axis=0)
    rest = pd.DataFrame(first).drop(columns=means.columns)
    return pd.concat([means, rest], axis=1)[list(pd.DataFrame(table).columns)]


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
            "frame[~frame.index.duplicated()], or say how to join them with "
            "aggregate='first' or 'mean'."
        )


def _reordered(block: Block, ids: pd.Index, cohort: pd.Index) -> Block:
    if ids.equals(cohort):
        return block
    return take_or_missing(block, ids.get_indexer(cohort))


def _transposed(blocks: Mapping[str, Block], ids: Mapping[str, pd.Index]) -> list[str]:
    """Tell which frames have the patients of another as columns."""
    return [
        f"The columns of modality {name!r} are patients of {other!r}: it has features "
        "in rows. Pass it the other way round, frame.T."
        for name, block in blocks.items()
        for other, own in ids.items()
        if isinstance(block, pd.DataFrame)
        and not types.is_numeric_dtype(block.columns.dtype)
        and other != name
        and found_in(block.columns, own).any()
    ]


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
            "frame.set_axis(frame.index.astype(str)), or name the column of the ids "
            "with `id`."
        )
