"""The column of a table that holds the patient ids."""

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd
from pandas.api import types

from magnet_sklearn.data._ids import is_default
from magnet_sklearn.data._names import did_you_mean, quoted

_OWNERS = ("patient", "sample", "subject", "case", "participant", "donor", "person")
_FURTHER = ("", "individual", "record", "bcrpatient", "tumorsample")
_ENDS = ("id", "ids", "barcode", "identifier")
_ID_NAMES = {owner + end for owner in _OWNERS + _FURTHER for end in _ENDS}
_ID_NAMES |= {"mrn", "pid", "sid"}


def with_ids(where: str, table: Any, column: str | None) -> Any:
    """Make a column the row labels, or check that the row labels are no row numbers.

    Parameters
    ----------
    where : str
        Start of messages, such as "Modality 'rna'".
    table : DataFrame or Series
        A user's table.
    column : str or None
        Column with the patient ids; None if they are the row labels.

    Returns
    -------
    table : DataFrame or Series
        Row labels are patient ids.

    Raises
    ------
    ValueError
        If the column is absent, or row labels are default beside a column of ids.
    """
    if column is not None:
        return _indexed_by(where, table, column)
    if isinstance(table, pd.Series) or not _may_be_row_numbers(table.index):
        return table
    found = id_columns(table)
    way_out = ""
    if not is_default(table.index):
        # numbers that rows kept after a selection, or numbers of patients
        no_floats = table.columns[[not types.is_float_dtype(d) for d in table.dtypes]]
        found = [name for name in found if name in no_floats]
        way_out = " If the row labels are the ids, name them: frame.index.name = 'id'."
    if found:
        raise ValueError(
            f"{where} has row numbers as row labels and a column {found[0]!r} that "
            "looks like the patient ids: rows would be joined by their number. Name "
            f"the column: id={found[0]!r}, or use frame.set_index({found[0]!r})."
            f"{way_out}"
        )
    return table


def check_same_id_columns(blocks: Mapping[str, Any]) -> None:
    """Refuse blocks whose columns of ids say that rows are different patients."""
    seen: dict[Any, tuple[str, pd.Series]] = {}
    for modality, block in blocks.items():
        if not isinstance(block, pd.DataFrame) or not is_default(block.index):
            continue
        kinds = {dtype for dtype in set(block.dtypes) if _is_text(dtype)}
        text = [j for j, dtype in enumerate(block.dtypes) if dtype in kinds]
        for j in (j for j in text if is_id_name(block.columns[j])):
            ids = block.iloc[:, j].astype(str)
            first, others = seen.setdefault(block.columns[j], (modality, ids))
            rows = [i for i in range(len(ids)) if ids.iloc[i] != others.iloc[i]]
            if rows and len(ids) == len(others):
                raise ValueError(
                    f"Column {block.columns[j]!r} says that rows of {first!r} and "
                    f"{modality!r} are different patients, e.g. row {rows[0]}: "
                    f"{others.iloc[rows[0]]!r} and {ids.iloc[rows[0]]!r}. Join them by "
                    f"id: MultiModalData.from_frames(frames, id={block.columns[j]!r})."
                )


def id_columns(frame: pd.DataFrame) -> list[Any]:
    """Columns that look like patient ids: by name, or text that never repeats."""
    named = [name for name in frame.columns if is_id_name(name)]
    return named or [
        frame.columns[j]
        for j, dtype in enumerate(frame.dtypes)
        if (len(frame) > 2 and _is_text(dtype) or is_owner_name(frame.columns[j]))
        and _never_repeats(frame.iloc[:, j])
    ]


def column_of(id_column: str | Mapping[str, str] | None, modality: str) -> str | None:
    """Id column of one modality."""
    if isinstance(id_column, Mapping):
        return id_column.get(modality)
    return id_column


def check_modalities_of_ids(
    id_column: str | Mapping[str, str] | None, modalities: Iterable[str]
) -> None:
    """Refuse `id` for a modality that does not exist."""
    known = list(modalities)
    for name in id_column if isinstance(id_column, Mapping) else ():
        if name not in known:
            raise ValueError(
                f"`id` names a column for modality {name!r}, but the modalities are "
                f"{quoted(known, 5)}.{did_you_mean(name, known)}"
            )


def _indexed_by(where: str, table: Any, column: str) -> Any:
    if isinstance(table, pd.DataFrame) and column in table.columns:
        return table.set_index(column)
    if column in table.index.names:
        return table
    columns = list(table.columns) if isinstance(table, pd.DataFrame) else []
    raise ValueError(
        f"{where} has no column {column!r} with patient ids; its columns are "
        f"{quoted(columns, 5)}.{did_you_mean(column, columns)} Name the column of each "
        "modality: id={'rna': 'patient_id'}; the others keep their row labels."
    )


def _may_be_row_numbers(index: pd.Index) -> bool:
    return index.nlevels == 1 and index.name is None and types.is_integer_dtype(index)


def is_id_name(name: Any) -> bool:
    """Tell names of columns of patient ids, such as "Patient ID"."""
    return _form(name) in _ID_NAMES


def is_owner_name(name: Any) -> bool:
    """Tell names that may be those of ids or of groups, such as "patient", "case"."""
    return _form(name) in _OWNERS


def _form(name: Any) -> str:
    return "".join(filter(str.isalnum, str(name).casefold()))


def _is_text(dtype: Any) -> bool:
    return bool(
        types.is_object_dtype(dtype)
        or isinstance(dtype, pd.CategoricalDtype)
        or types.is_string_dtype(dtype)
    )


def _never_repeats(column: pd.Series) -> bool:
    kinds = set(map(type, column))
    return column.is_unique and (kinds == {str} or types.is_integer_dtype(column.dtype))
