"""Events and times as numbers, whatever they are coded as."""

import re
from typing import Any

import numpy as np
import pandas as pd
from pandas.api import types

from magnet_sklearn.data._cell_text import are_dates, are_missing
from magnet_sklearn.data._names import quoted

_HAPPENED = frozenset(
    {
        *("true", "t", "yes", "y", "event", "dead", "deceased", "died", "death"),
        *("relapse", "relapsed", "recurrence", "recurred", "recurred/progressed"),
        *("progression", "progressed", "failure", "failed", "uncensored"),
    }
)
_CENSORED = frozenset(
    {
        *("false", "f", "no", "n", "no event", "alive", "living", "not dead"),
        *("censored", "cens", "lost", "lost to follow-up"),
        *("diseasefree", "disease free", "disease-free"),
        *("progressionfree", "progression free", "progression-free"),
    }
)
_MOMENTS = ("datetime64", "datetime", "date", "timedelta64", "timedelta", "period")
_NUMERIC = ("integer", "floating", "mixed-integer-float", "decimal", "empty")
_CODE = re.compile(r"(\d+)(?:\.0*)?\s*(?:[:=].*)?")


def event_codes(column: pd.Series) -> np.ndarray:
    """Turn a column of events into 0 for censored, else the number of the cause.

    Parameters
    ----------
    column : Series of shape (n_patients,)
        Bool, numbers, or text such as "TRUE", "1:DECEASED" or "alive".

    Returns
    -------
    codes : int ndarray of shape (n_patients,)
        Whole numbers from 0 on.

    Raises
    ------
    ValueError
        If a value is missing, or says neither event nor censoring.
    """
    where = f"Column {column.name!r} (event) of survival y"
    column = _without_categories(column)
    if _is_moment(column):
        raise ValueError(
            f"{where} holds dates or durations, {_seen(column)}. Pass True for an "
            f"event and False for censoring: y[{column.name!r}].notna() if there is a "
            "date for events only."
        )
    if not types.is_numeric_dtype(column.dtype):
        column = _from_text(where, column)
    codes = _finite(where, column)
    if not np.array_equal(codes, np.round(codes)):
        raise ValueError(
            f"{where} has values that are not whole numbers, {_seen(column)}. Pass "
            "True or 1 for an event, False or 0 for censoring; if these are times, "
            "exchange event and time."
        )
    return codes.astype(int)


def durations(column: pd.Series, role: str) -> np.ndarray:
    """Turn a column of times into numbers, or say how the user makes them.

    Parameters
    ----------
    column : Series of shape (n_patients,)
        Durations as numbers.
    role : str
        "time" or "entry".

    Returns
    -------
    times : ndarray of shape (n_patients,)
        Finite numbers from 0 on; entries may be negative or -inf.

    Raises
    ------
    ValueError
        If the column holds dates, timedeltas or text, or a value is missing.
    """
    where = f"Column {column.name!r} ({role}) of survival y"
    column = _without_categories(column)
    cells = f"y[{column.name!r}]"
    if _is_moment(column):
        if types.infer_dtype(column, skipna=True).startswith("timedelta"):
            problem, remedy = "timedeltas", f"pd.to_timedelta({cells}).dt.days"
        else:
            problem = "dates"
            remedy = f"(pd.to_datetime({cells}) - pd.to_datetime(start)).dt.days"
        raise ValueError(
            f"{where} holds {problem}, {_seen(column)}. Pass the duration as a number, "
            f"such as {remedy}."
        )
    if not types.is_numeric_dtype(column.dtype):
        column = column.astype(object)
        if types.infer_dtype(column, skipna=True) not in _NUMERIC:
            raise ValueError(_text_as_time(where, cells, column.dropna().map(str)))
    return _finite(where, column, may_be_negative=role == "entry")


def _text_as_time(where: str, cells: str, texts: pd.Series) -> str:
    if (are_dates(texts) | are_missing(texts)).all():
        duration = f"(pd.to_datetime({cells}) - pd.to_datetime(start)).dt.days"
        return (
            f"{where} holds dates as text, {_seen(texts)}. Pass the duration as a "
            f"number, such as {duration}."
        )
    odd = texts[pd.to_numeric(texts, errors="coerce").isna()]
    return (
        f"{where} holds text, {_seen(odd if len(odd) else texts)}. Pass numbers: "
        f"pd.to_numeric({cells}, errors='coerce'), and leave out patients without one."
    )


def _from_text(where: str, column: pd.Series) -> pd.Series:
    """Read text, or other objects, as codes; missing stays missing."""
    cells = column.astype(object)
    codes = {cell: _code_of(cell) for cell in cells.dropna().unique()}
    unknown = [cell for cell, code in codes.items() if code is None]
    if unknown:
        raise ValueError(
            f"{where} has values that say neither event nor censoring: "
            f"{quoted(unknown, 5)}. Pass True for an event and False for censoring, "
            f"such as y[{column.name!r}] == {unknown[0]!r}."
        )
    return cells.map(codes).astype(float)


def _code_of(cell: Any) -> float | None:
    if isinstance(cell, bool | np.bool_ | int | float | np.number):
        return float(cell)
    text = str(cell).strip().lower()
    if are_missing(pd.Series([text])).item():
        return np.nan
    if match := _CODE.fullmatch(text):
        return float(match[1])
    if text in _HAPPENED:
        return 1.0
    return 0.0 if text in _CENSORED else None


def _finite(
    where: str, column: pd.Series, *, may_be_negative: bool = False
) -> np.ndarray:
    values = pd.to_numeric(column).to_numpy(dtype=float, na_value=np.nan)
    is_bad = np.isnan(values) | (values == np.inf)
    bad = np.flatnonzero(is_bad if may_be_negative else is_bad | (values < 0))
    if len(bad):
        raise ValueError(
            f"{where} has {len(bad)} missing, infinite or negative value(s), first in "
            f"row(s) {bad[:5].tolist()}: {values[bad[:5]].tolist()}. Leave these "
            "patients out of X and y."
        )
    return values


def _without_categories(column: pd.Series) -> pd.Series:
    is_categorical = isinstance(column.dtype, pd.CategoricalDtype)
    return column.astype(object) if is_categorical else column


def _is_moment(column: pd.Series) -> bool:
    """Tell whether a column holds dates or durations, in whatever dtype."""
    return types.infer_dtype(column, skipna=True) in _MOMENTS


def _seen(column: pd.Series) -> str:
    return f"such as {quoted(map(_shown, column.dropna().unique()[:5]))}"


def _shown(value: Any) -> Any:
    if isinstance(value, pd.Timestamp | pd.Timedelta | np.datetime64 | np.timedelta64):
        return str(value)
    return value
