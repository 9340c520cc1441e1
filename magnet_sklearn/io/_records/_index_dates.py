"""The date up to which each patient is known."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pandas as pd

from magnet_sklearn.io._records._moments import NO_DATE, InvalidElement, moment

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def stated_dates(index_date: Any, is_rule: bool = False) -> pd.Series | int | None:
    """Return the dates that a user states, in microseconds.

    Parameters
    ----------
    index_date : "latest", rule, date or Series or dict of dates by patient id
        As readers take it.
    is_rule : bool, default=False
        Whether the data tell the dates.

    Returns
    -------
    dates : Series of int by patient id, int or None
        None where they follow from the data.
    """
    if index_date is None:
        raise ValueError(
            "index_date is None: say up to which date patients are known, so that "
            "nothing later is used. Pass a Series of dates by patient id, one date, a "
            "rule (the first or last record of a code), or 'latest' for all that is "
            "recorded."
        )
    if is_rule or (isinstance(index_date, str) and index_date == "latest"):
        return None
    if isinstance(index_date, pd.Series | Mapping):
        dates = pd.Series(index_date, dtype=object)
        if not dates.index.is_unique:
            raise ValueError("index_date has several dates for a patient.")
        return pd.Series(
            [_as_moment(given) for given in dates],
            dates.index,
            dtype="int64",
        )
    return _as_moment(index_date)


def _as_moment(given: Any) -> int:
    """Return a date as the last microsecond of its day, a time as it is."""
    if isinstance(given, str):
        try:
            return moment(given)
        except InvalidElement as error:
            raise ValueError(f"index_date: {error}.") from None
    if isinstance(given, np.datetime64):
        given = pd.Timestamp(given)
    if given is None or given is pd.NaT or given != given:
        return NO_DATE
    if not isinstance(given, date):
        raise TypeError(
            f"index_date must be of dates or text, got a {type(given).__name__}."
        )
    if not isinstance(given, datetime) or (
        given.tzinfo is None and given.time() == datetime.min.time()
    ):
        return moment(f"{given.year:04}-{given.month:02}-{given.day:02}")
    aware = given if given.tzinfo else given.replace(tzinfo=UTC)
    return (aware - _EPOCH) // pd.Timedelta(1, "us")
