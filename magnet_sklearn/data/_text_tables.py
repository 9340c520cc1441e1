"""Text tables as people have them: separators, comments, encodings, decimal commas."""

import csv
import gzip
import re
import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from magnet_sklearn.data._id_columns import is_id_name
from magnet_sklearn.data._names import quoted

TEXT_SUFFIXES = (".csv", ".tsv", ".txt", ".gct")

_SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_MAX_COMMENTS = 1000
_MARK = "="  # in front of text while it is read, so that "NA" is not taken for missing
_DECIMAL_COMMA = re.compile(r"\s*[+-]?\d*(,\d+)?([eE][+-]?\d+)?\s*")
_THOUSANDS = re.compile(r"\s*[+-]?[1-9]\d{0,2}(,\d{3})*\s*")
_NO_TEXT = {b"PK": "a zip or Excel file", b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}
_NO_TEXT |= {b"<": "HTML or XML", b"version https://git-lfs": "a pointer of Git LFS"}


class NoTableError(ValueError):
    """A file that holds no table of patients, such as notes or a list of mutations."""


@dataclass(frozen=True)
class Head:
    """How a text table starts.

    Parameters
    ----------
    before : list of str
        Lines before the header, mostly comments that start with #.
    names : list of str
        Names of the columns; the first is empty where the header has none.
    header_line : int
        Lines before the header.
    separator : str
        What stands between cells.
    encoding : str
        Encoding of the first lines.
    """

    before: list[str]
    names: list[str]
    header_line: int
    separator: str
    encoding: str


def read_head(path: Path) -> Head:
    """Find out how a text table is written from its first lines."""
    with _open(path) as file:
        start = _first_lines(file)
    for magic, what in _NO_TEXT.items():
        if start and start[0].lstrip().startswith(magic):
            raise ValueError(f"it is {what}. Save it as a text table in UTF-8.")
    lines, encoding = _decoded(start)
    first = next(
        (i for i, line in enumerate(lines) if _is_header(line, i, lines)), None
    )
    if first is None:
        raise ValueError("it is empty. Save a header and one row per patient.")
    before = lines[:first]
    rows = [line for line in lines[first + 1 :] if line.strip()]
    header, row = lines[first], rows[0] if rows else lines[first]
    separator = _separator(header, row, path)
    if before and before[-1].startswith("#") and _is_data(header, separator):
        names = _fields(before[-1].lstrip("# "), separator)
        if len(names) == len(_fields(header, separator)):  # the header starts with #
            return Head(before[:-1], names, first - 1, separator, encoding)
    names = [name.strip() for name in _fields(header, separator)]
    n_cells = len(_fields(row, separator)) - row.endswith(separator)
    if n_cells == len(names) + 1 and not is_id_name(names[0]):
        names = ["", *names]  # write.table of R leaves out the name of row names
    return Head(before, names, first, separator, encoding)


def read_cells(
    path: Path,
    head: Head,
    text_columns: Sequence[int],
    na_values: Any = None,
    skip_after_header: int = 0,
) -> pd.DataFrame:
    """Read the cells below the header; columns are numbered, some stay text."""
    options: dict[str, Any] = {
        "sep": head.separator,
        "header": None,
        "names": range(len(head.names)),
        "skiprows": head.header_line + 1 + skip_after_header,
        "converters": dict.fromkeys(text_columns, _MARK.__add__),
        "na_values": na_values,
        "index_col": False,
        "low_memory": False,
        "skipinitialspace": head.separator == " ",
    }
    try:
        with warnings.catch_warnings():
            # of a row with more cells than the header
            warnings.simplefilter("error", pd.errors.ParserWarning)
            frame = _read_csv(path, head, options)
    except pd.errors.EmptyDataError:
        frame = pd.DataFrame(columns=range(len(head.names)), dtype=str)
    except (pd.errors.ParserError, pd.errors.ParserWarning) as error:
        raise ValueError(
            f"its rows do not fit its header of {len(head.names)} columns separated by "
            f"{_SEPARATORS.get(head.separator, 'blanks')} in line "
            f"{head.header_line + 1} ({str(error).strip()}). "
            "Write one cell per column, and quote text that holds the separator."
        ) from error
    for j in text_columns:
        frame.isetitem(j, frame.iloc[:, j].str.removeprefix(_MARK).array)
    if len(frame) and frame.iloc[:, -1].isna().any():
        _check_no_short_row(path, head)
    if head.separator != ",":
        _read_decimal_commas(frame, text_columns)
    return frame


def check_names(names: Sequence[str], what: str = "column names") -> None:
    """Refuse names that stand twice; pandas would number them silently."""
    repeated = [name for name, count in Counter(names).items() if name and count > 1]
    if repeated:
        raise ValueError(
            f"it has duplicate {what}: {quoted(repeated, 5)}. Rename or drop the "
            "repeated ones."
        )


def _check_no_short_row(path: Path, head: Head) -> None:
    """Refuse rows without all cells, which pandas fills up at the end."""
    separator, n_cells = head.separator.encode(), len(head.names)
    with _open(path) as file:
        for number, line in enumerate(file, 1):
            if line.count(b'"') % 2:
                return  # a cell of several lines
            found = line.count(separator) + 1
            if number > head.header_line + 1 and line.strip() and found < n_cells:
                raise ValueError(
                    f"line {number} has {found} of {n_cells} cells. If the file is "
                    "complete, write a separator for every cell, also for empty ones."
                )


def _open(path: Path) -> Any:
    return gzip.open(path) if path.suffix.lower() == ".gz" else path.open("rb")


def _read_csv(path: Path, head: Head, options: dict[str, Any]) -> pd.DataFrame:
    if head.encoding == "utf-8-sig":
        try:
            return pd.read_csv(path, encoding="utf-8-sig", **options)
        except UnicodeDecodeError:
            pass
    with _open(path) as file:
        line, text = next(
            (i, raw)
            for i, raw in enumerate(file, 1)
            if raw.decode("utf-8", errors="replace").encode() != raw
        )
    cell = text.decode("cp1252", errors="replace").strip()
    position = next(i for i, letter in enumerate(cell) if ord(letter) > 127)
    warnings.warn(
        f"File {path.name!r} is not UTF-8 (line {line}, "
        f"{cell[max(0, position - 10) : position + 10]!r}) and is read as Latin-1. "
        "Save it as UTF-8 if this looks wrong.",
        UserWarning,
        stacklevel=2,
    )
    return pd.read_csv(path, encoding="cp1252", encoding_errors="replace", **options)


def _first_lines(file: Any) -> list[bytes]:
    """Read comments, the header and some rows: at least two, if there are so many."""
    lines, n_rows = [], 0
    for line in file:
        lines.append(line)
        n_rows += bool(line.strip()) and not line.startswith(b"#")
        if n_rows == 5 or len(lines) == _MAX_COMMENTS:
            break
    return lines


def _decoded(lines: list[bytes]) -> tuple[list[str], str]:
    encoding = "utf-8-sig"
    try:
        text = b"".join(lines).decode(encoding)
    except UnicodeDecodeError:
        encoding = "cp1252"
        text = b"".join(lines).decode(encoding, errors="replace")
    if "\0" in text:
        raise ValueError("it is no text: it holds zero bytes. Save it as UTF-8.")
    return re.split(r"\r\n|\r|\n", text), encoding


def _is_header(line: str, position: int, lines: list[str]) -> bool:
    of_gct = position == 1 and lines[0].startswith(("#1.2", "#1.3"))
    return bool(line.strip()) and not line.startswith("#") and not of_gct


def _separator(header: str, row: str, path: Path) -> str:
    expected = "," if ".csv" in [suffix.lower() for suffix in path.suffixes] else "\t"

    def fit(separator: str) -> tuple[bool, int]:
        n_names, n_cells = len(_fields(header, separator)), len(_fields(row, separator))
        return n_names > 1 and n_cells in (n_names, n_names + 1), n_names

    best = max([expected, *_SEPARATORS], key=fit)
    if fit(best)[1] > 1:
        return best
    return " " if fit(" ")[0] and _is_data(row, " ") else expected


def _fields(line: str, separator: str) -> list[str]:
    if '"' not in line and separator != " ":
        return line.split(separator)
    reader = csv.reader([line], delimiter=separator, skipinitialspace=separator == " ")
    try:
        return next(reader, [])
    except csv.Error:  # a cell as long as a line is no cell
        return line.split(separator)


def _is_data(line: str, separator: str) -> bool:
    """Tell a row from a header: it holds numbers."""
    return any(
        re.fullmatch(r"[+-]?\d*[.,]?\d+", f) for f in _fields(line, separator)[1:]
    )


def _read_decimal_commas(frame: pd.DataFrame, text_columns: Sequence[int]) -> None:
    """Turn columns into numbers, in place, where they are written with them."""
    for j, dtype in enumerate(list(frame.dtypes)):
        if j not in text_columns and dtype.kind not in "fiub":
            frame.isetitem(j, _with_decimal_point(frame.iloc[:, j]).array)


def _with_decimal_point(column: pd.Series) -> pd.Series:
    """Turn text into numbers where all of a column are written with decimal commas."""
    cells = column.dropna()
    if not all(isinstance(c, str) and _DECIMAL_COMMA.fullmatch(c) for c in cells):
        return column
    if not any("," in c for c in cells) or all(map(_THOUSANDS.fullmatch, cells)):
        return column
    return pd.to_numeric(column.str.replace(",", ".", regex=False))
