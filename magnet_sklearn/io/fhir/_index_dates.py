"""The date up to which each patient is known."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pandas as pd

from magnet_sklearn.io.fhir._elements import NO_DATE, InvalidElement, moment
from magnet_sklearn.io.fhir._features import Feature, parse_features

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_RULE = ("resource", "codes", "where", "which")


def index_feature(rule: Any) -> Feature | None:
    """Return the resources that a rule finds the index date by, if it is one."""
    if not (isinstance(rule, Mapping) and "codes" in rule):
        return None
    unknown = [entry for entry in rule if entry not in _RULE]
    if unknown or rule.get("which", "first") not in ("first", "last"):
        raise ValueError(
            f"index_date is a rule with the entries {list(rule)} and which="
            f"{rule.get('which', 'first')!r}. Write {{'resource': ..., 'codes': ..., "
            "'which': 'first' or 'last'}."
        )
    spec = {entry: rule[entry] for entry in _RULE[:3] if entry in rule}
    return parse_features("", "index_date", {**spec, "kind": "presence"})[0]


def stated_dates(index_date: Any) -> pd.Series | int | None:
    """Return the dates that a user states, in microseconds.

    Parameters
    ----------
    index_date : "latest", rule, date or Series or dict of dates by patient id
        As in `read_fhir`.

    Returns
    -------
    dates : Series of int by patient id, int or None
        None where they follow from the data.
    """
    if index_date is None:
        raise ValueError(
            "index_date is None: say up to which date patients are known, so that "
            "nothing later is used. Pass a Series of dates by patient id, one date, a "
            "rule such as {'resource': 'Condition', 'codes': 'snomed|254837009'}, or "
            "'latest' for all that is recorded."
        )
    if isinstance(index_date, str) and index_date == "latest":
        return None
    if index_feature(index_date) is not None:
        return None
    if isinstance(index_date, pd.Series | Mapping):
        dates = pd.Series(index_date, dtype=object)
        if not dates.index.is_unique:
            raise ValueError("index_date has several dates for a patient.")
        return pd.Series(
            [_as_moment(given) for given in dates],
            [str(patient).removeprefix("Patient/") for patient in dates.index],
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
