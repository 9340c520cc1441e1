"""Columns of tables, checked and as numbers."""

from __future__ import annotations

import numpy as np
import pandas as pd

from magnet_sklearn.io._records import DAY, NO_DATE

_N_SHOWN = 5


def whole_numbers(
    frame: pd.DataFrame, table: str, column: str, missing: int | None = None
) -> np.ndarray:
    """Return a column of ids; empty cells are `missing`, or an error if it is None."""
    if column not in frame:
        return np.full(len(frame), missing or 0, dtype=np.int64)
    given = frame[column]
    number = pd.to_numeric(given, errors="coerce").to_numpy(float, na_value=np.nan)
    empty = given.isna().to_numpy()
    with np.errstate(invalid="ignore"):
        wrong = ~empty & ~(np.abs(number) < 2**53) | (~empty & (number % 1 != 0))
    if missing is None:
        wrong |= empty
    if wrong.any():
        raise ValueError(
            f"Column {column!r} of table {table!r} must be of whole numbers; "
            f"{_shown(given, wrong)}."
        )
    if pd.api.types.is_integer_dtype(given.dtype) and not empty.any():
        return given.to_numpy(np.int64)
    return np.where(empty, missing or 0, np.nan_to_num(number)).astype(np.int64)


def moments(frame: pd.DataFrame, table: str, day: str, time: str) -> np.ndarray:
    """Return when rows happened, in microseconds; days without a time end late.

    A time at midnight is how most databases write that it is unknown.
    """
    date = _datetimes(frame, table, day)
    known = _datetimes(frame, table, time) if time in frame else None
    found = np.where(date == NO_DATE, NO_DATE, date - date % DAY + DAY - 1)
    if known is None:
        return found
    is_timed = (known != NO_DATE) & (known % DAY != 0)
    is_timed &= (date == NO_DATE) | (date // DAY == known // DAY)
    late = np.where(known == NO_DATE, NO_DATE, known - known % DAY + DAY - 1)
    return np.where(is_timed, known, np.maximum(found, late))


def _datetimes(frame: pd.DataFrame, table: str, column: str) -> np.ndarray:
    given = frame[column]
    told = given
    if pd.api.types.is_numeric_dtype(given.dtype):  # 20200131
        told = given.astype("Int64").astype("string")
    parsed = pd.to_datetime(told, errors="coerce", format="ISO8601", utc=True)
    wrong = (parsed.isna() & given.notna()).to_numpy()
    if wrong.any():
        raise ValueError(
            f"Column {column!r} of table {table!r} must hold dates like 2020-01-31; "
            f"{_shown(given, wrong)}."
        )
    number = parsed.dt.tz_localize(None).astype("datetime64[us]").astype("int64")
    return np.where(parsed.isna(), NO_DATE, number)


def births(frame: pd.DataFrame) -> np.ndarray:
    """Return dates of birth; without a month the middle of the year, of a month its."""
    year, month, day = (
        whole_numbers(frame, "person", name, missing=0)
        for name in ("year_of_birth", "month_of_birth", "day_of_birth")
    )
    parts = {
        "year": np.where(year > 0, year, 1900),
        "month": np.where(month > 0, month, 7),
        "day": np.where((month > 0) & (day > 0), day, np.where(month > 0, 15, 1)),
    }
    dates = pd.to_datetime(pd.DataFrame(parts), errors="coerce")
    wrong = dates.isna().to_numpy()
    if wrong.any():
        raise ValueError(
            "Table 'person' has dates of birth that do not exist; "
            f"{_shown(frame['year_of_birth'], wrong)}."
        )
    number = dates.astype("datetime64[us]").astype("int64").to_numpy(float)
    return np.where(year > 0, number, np.nan)


def _shown(given: pd.Series, wrong: np.ndarray) -> str:
    """Say which rows are wrong, at most five."""
    rows = np.flatnonzero(wrong)
    cells = [
        f"row {row} has {'nothing' if pd.isna(cell) else repr(cell)}"
        for row, cell in zip(rows[:_N_SHOWN], given[wrong].iloc[:_N_SHOWN], strict=True)
    ]
    return f"{len(rows)} are not: {', '.join(cells)}"
