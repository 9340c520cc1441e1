"""Which way round a text table is: patients in rows, or features in rows."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from magnet_sklearn.data._id_columns import id_columns, is_id_name, is_owner_name
from magnet_sklearn.data._ids import as_text
from magnet_sklearn.data._names import did_you_mean, quoted
from magnet_sklearn.data._text_tables import (
    Head,
    NoTableError,
    check_names,
    read_cells,
    read_head,
)

# Columns before those of the samples in the tables of cBioPortal
_FEATURE_COLUMNS = {
    "hugo_symbol", "entrez_gene_id", "composite.element.ref", "entity_stable_id",
    "gene symbol", "gene_symbol", "locus id", "cytoband", "description", "url", "name",
}  # fmt: skip
_LONG = {"tumor_sample_barcode", "start_date", "seg.mean", "site1_hugo_symbol"}


def read_text_table(
    path: Path, id_column: str | None = None, na_values: Any = None
) -> pd.DataFrame:
    """Read a text table with one row, or one column, per patient.

    Parameters
    ----------
    path : Path
        A `.csv`, `.tsv`, `.txt` or `.gct` file, maybe with `.gz`.
    id_column : str, default=None
        Column with the patient ids; the first if None.
    na_values : str or sequence of str, default=None
        Further cells that mean missing.

    Returns
    -------
    frame : DataFrame of shape (n_patients, n_features)
        Row labels are patient ids, as text.

    Raises
    ------
    ValueError
        If the file cannot be read; the message does not name it.
    """
    head = read_head(path)
    lower = [name.lower() for name in head.names]
    long = _LONG & set(lower)
    if long:
        raise NoTableError(
            f"it has a column {quoted(sorted(long)[:1])}, so it lists events with "
            "several rows per patient. Make one row per patient of it, e.g. with "
            "pandas.crosstab or pivot_table."
        )
    if len(head.before) > 1 and re.match(r"#1\.[23]\b", head.before[0]):
        return _read_gct(path, head, na_values)
    if lower[0] in _FEATURE_COLUMNS - {"name", "description", "url"}:
        n_names = next(
            (j for j, name in enumerate(lower) if name not in _FEATURE_COLUMNS),
            len(lower),
        )
        cells = read_cells(path, head, range(n_names), na_values)
        return _patients_of_columns(cells, head.names, n_names, len(cells))
    return _read_rows(path, head, id_column, na_values)


def _read_rows(
    path: Path, head: Head, id_column: str | None, na_values: Any
) -> pd.DataFrame:
    check_names(head.names)
    if len(head.names) == 1 and ".txt" in path.name.lower():
        raise NoTableError(
            "it has one column only, so it is no table separated by tabs or commas."
        )
    position = _id_position(head, id_column)
    frame = read_cells(path, head, [position], na_values)
    ids = as_text(pd.Index(frame.iloc[:, position])).rename(
        head.names[position] or None
    )
    kept = [j for j in range(len(head.names)) if j != position]
    if position and not head.names[0]:
        kept.remove(0)  # the row numbers of an export
    for j in [j for j in kept if not head.names[j]]:
        if frame.iloc[:, j].notna().any():
            raise ValueError(
                f"column {j + 1} has no name. Name every column in line "
                f"{head.header_line + 1}."
            )
        kept.remove(j)  # of a separator at the end of every line
    frame = frame.iloc[:, kept].set_axis([head.names[j] for j in kept], axis=1)
    frame = frame.set_axis(ids, axis=0)
    if id_column is None and position == 0:
        check_first_column(head.names[0], ids, frame)
    return frame


def _id_position(head: Head, id_column: str | None) -> int:
    if id_column is not None:
        if id_column not in head.names:
            raise ValueError(
                f"it has no column {id_column!r} with patient ids. Its columns are "
                f"{quoted(head.names, 5)}.{did_you_mean(id_column, head.names)}"
            )
        return head.names.index(id_column)
    # in clinical tables of cBioPortal all other tables have the ids of samples
    if head.before and {"SAMPLE_ID", "PATIENT_ID"} <= set(head.names):
        return head.names.index("SAMPLE_ID")
    return 0


def check_first_column(name: str, ids: pd.Index, frame: pd.DataFrame) -> None:
    """Refuse row numbers or values in the first column beside a column of ids."""
    found = id_columns(frame) if _count_rows(ids) and not name else []
    if not (is_id_name(name) or is_owner_name(name)) and (
        not ids.is_unique or _count_rows(ids)
    ):
        found = found or [other for other in frame.columns if is_id_name(other)]
    if found:
        raise ValueError(
            f"its first column {name!r} holds {quoted(ids, 3)}, and column "
            f"{found[0]!r} looks like the patient ids. Name the column of the ids: "
            f"id={found[0]!r}."
        )


def _count_rows(ids: pd.Index) -> bool:
    texts = list(ids)
    return any(
        texts == [str(i) for i in range(start, start + len(texts))] for start in (0, 1)
    )


def _read_gct(path: Path, head: Head, na_values: Any) -> pd.DataFrame:
    """Read the format of GenePattern: two lines about the size, then genes in rows."""
    sizes = [int(size) for size in re.findall(r"\d+", head.before[1])]
    n_rows, n_columns, n_about_rows, n_about_columns = [*sizes, 1, 0][:4]
    cells = read_cells(
        path,
        head,
        range(1 + n_about_rows),
        na_values,
        skip_after_header=n_about_columns,
    )
    got = len(cells), len(head.names) - 1 - n_about_rows
    if got != (n_rows, n_columns):
        raise ValueError(
            f"line 2 says {n_rows} rows and {n_columns} samples, but there are "
            f"{got[0]} and {got[1]}. The file is incomplete or was edited."
        )
    return _patients_of_columns(cells, head.names, 1 + n_about_rows, n_rows, False)


def _patients_of_columns(
    cells: pd.DataFrame,
    names: Sequence[str],
    n_names: int,
    n_features: int,
    join_names: bool = True,
) -> pd.DataFrame:
    """Transpose a table of features in rows and patients in columns."""
    features = cells[0].str.strip()
    if join_names and n_names > 1:
        second = cells[1].str.strip()
        features = features.where(features != "", second)
        repeats = features.duplicated(keep=False) & (second != "")
        features = features.where(~repeats, features + "|" + second)
    check_names(list(features), "names of rows")
    if len(features) and (features == "").any():
        row = int(np.flatnonzero(features == "")[0])
        raise ValueError(f"row {row} below the header has no name. Name or drop it.")
    values = cells.iloc[:, n_names:]
    text = [j for j, kind in enumerate(values.dtypes) if kind.kind not in "fiub"]
    if text:
        column = values.iloc[:, text[0]]
        bad = column[pd.to_numeric(column, errors="coerce").isna() & column.notna()]
        example = bad.iloc[0] if len(bad) else column.dropna().iloc[0]
        raise ValueError(
            f"column {names[n_names + text[0]]!r} holds {example!r} in row "
            f"{features.iloc[list(column).index(example)]!r} instead of a number. "
            "Name cells that mean missing with `na_values`."
        )
    patients = as_text(pd.Index(list(names[n_names:])))
    return pd.DataFrame(
        values.to_numpy(dtype=float).T, index=patients, columns=list(features)
    )
