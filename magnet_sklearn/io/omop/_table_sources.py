"""Tables of a folder or a database."""

from __future__ import annotations

import gzip
import re
import warnings
from collections.abc import Iterable, Sequence
from os import PathLike
from pathlib import Path
from typing import Any, Protocol

import pandas as pd

from magnet_sklearn._utils import import_optional, listed
from magnet_sklearn.data import did_you_mean

_ENDINGS = (".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz", ".parquet")
_MISSING = ["", "NULL", "\\N", "NA", "NaN", "nan"]


class TableSource(Protocol):
    """Where tables are."""

    def place(self, table: str) -> str:
        """Return what a table is called there; "" if there is none."""

    def columns(self, table: str) -> list[str]:
        """Return the columns of a table, as they are written."""

    def frame(self, table: str, columns: Sequence[str]) -> pd.DataFrame:
        """Return columns of a table."""


def read_columns(
    source: TableSource,
    table: str,
    required: Sequence[str],
    optional: Iterable[str] = (),
) -> pd.DataFrame:
    """Return columns of a table, by their names in small letters.

    Raises
    ------
    ValueError
        If the table or a required column is missing.
    """
    if not source.place(table):
        raise ValueError(
            f"The source has no table {table!r}, which the mapping needs. Files and "
            "tables must be called as in the common data model."
        )
    written = {name.lower(): name for name in source.columns(table)}
    if absent := [name for name in required if name not in written]:
        raise ValueError(
            f"Table {table!r} has no column {absent[0]!r}."
            f"{did_you_mean(absent[0], written)} Columns of version 5.4 that are "
            f"needed: {listed(required)}."
        )
    names = [*required, *(name for name in optional if name in written)]
    frame = source.frame(table, [written[name] for name in names])
    return frame.set_axis([name.lower() for name in frame.columns], axis=1)[names]


class FolderSource:
    """Files of a folder.

    Parameters
    ----------
    folder : str or path
        Folder.
    """

    def __init__(self, folder: str | PathLike[str]) -> None:
        self._folder = Path(folder)
        if not self._folder.is_dir():
            raise FileNotFoundError(
                f"{str(folder)!r} is no folder. Pass the folder with the tables, one "
                "file each, or an open connection to a database."
            )
        self._paths: dict[str, Path] = {}
        for path in sorted(self._folder.iterdir()):
            ending = next((e for e in _ENDINGS if path.name.lower().endswith(e)), "")
            name = path.name.lower().removesuffix(ending)
            if ending and name in self._paths:
                raise ValueError(
                    f"Table {name!r} is there twice: {self._paths[name].name!r} and "
                    f"{path.name!r}."
                )
            if ending:
                self._paths[name] = path

    def place(self, table: str) -> str:
        """Return the name of a file."""
        return self._paths[table].name if table in self._paths else ""

    def columns(self, table: str) -> list[str]:
        """Return the columns of a file."""
        path = self._paths[table]
        if path.suffix.lower() == ".parquet":
            import_optional("pyarrow", extra="parquet")
            from pyarrow.parquet import read_schema

            return list(read_schema(path).names)
        return list(self._text(path, nrows=0).columns)

    def frame(self, table: str, columns: Sequence[str]) -> pd.DataFrame:
        """Return columns of a file."""
        path = self._paths[table]
        if path.suffix.lower() == ".parquet":
            return pd.read_parquet(path, columns=list(columns))
        return self._text(path, usecols=list(columns))

    def _text(self, path: Path, **options: Any) -> pd.DataFrame:
        """Read a file whose columns are set apart by tabs, or else by commas."""
        try:
            opened = gzip.open if path.suffix.lower() == ".gz" else open
            with opened(path, "rt", encoding="utf-8-sig") as lines:
                separator = "\t" if "\t" in lines.readline() else ","
            return pd.read_csv(
                path,
                sep=separator,
                keep_default_na=False,
                na_values=_MISSING,
                low_memory=False,
                encoding="utf-8-sig",
                **options,
            )
        except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeError) as error:
            raise ValueError(
                f"The file {path.name!r} is no table with columns set apart by commas "
                f"or tabs: {error}"
            ) from None


class DatabaseSource:
    """Tables of a database.

    Parameters
    ----------
    connection : object
        Anything `pandas.read_sql` takes.
    schema : str or None
        Schema of the tables.
    """

    def __init__(self, connection: Any, schema: str | None) -> None:
        if schema is not None and not re.fullmatch(r"\w+(\.\w+)*", schema):
            raise ValueError(f"schema must be a name, got {schema!r}.")
        self._connection = connection
        self._before = "" if schema is None else f"{schema}."
        self._columns: dict[str, list[str]] = {}

    def place(self, table: str) -> str:
        """Return the name of a table, if one can select from it."""
        try:
            return f"{self._before}{table}" if self.columns(table) else ""
        except Exception:  # each database has errors of its own
            return ""

    def columns(self, table: str) -> list[str]:
        """Return the columns of a table."""
        if table not in self._columns:
            found = self._select(f"SELECT * FROM {self._before}{table} WHERE 1 = 0")
            self._columns[table] = list(found.columns)
        return self._columns[table]

    def frame(self, table: str, columns: Sequence[str]) -> pd.DataFrame:
        """Return columns of a table."""
        return self._select(f"SELECT {', '.join(columns)} FROM {self._before}{table}")

    def _select(self, query: str) -> pd.DataFrame:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "pandas only supports SQLAlchemy")
            return pd.read_sql(query, self._connection)
