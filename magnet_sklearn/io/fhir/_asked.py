"""Which patients a user asks for, and up to when."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd

_ID = re.compile(r"[A-Za-z0-9\-._]{1,64}")


def checked_ids(patients: Any) -> list[str]:
    """Return ids that are safe in an address; no error names one."""
    given = [patients] if isinstance(patients, str) else patients
    if not isinstance(given, Iterable) or isinstance(given, bytes | Mapping):
        raise TypeError(
            "patients must be a patient id or an iterable of those, got a "
            f"{type(patients).__name__}."
        )
    ids = [str(one).removeprefix("Patient/") for one in given]
    wrong = sum(not is_id(one) for one in ids)
    if wrong or not ids:
        raise ValueError(
            f"{wrong} of {len(ids)} patient ids are no ids of FHIR: at most 64 of "
            "letters, digits, '-' and '.'."
        )
    if len(set(ids)) < len(ids):
        raise ValueError(f"patients has {len(ids) - len(set(ids))} ids twice.")
    return ids


def is_id(text: str) -> bool:
    """Tell whether text is an id that is safe in an address; ".." is not."""
    return _ID.fullmatch(text) is not None and set(text) != {"."}


def dates_by_patient(index_date: Any, ids: list[str]) -> pd.Series:
    """Return the index date of each patient."""
    if index_date is None:
        return pd.Series([datetime.now(UTC)] * len(ids), ids, dtype=object)
    if not isinstance(index_date, pd.Series | Mapping):
        if index_date == "latest" or not isinstance(index_date, str | date):
            raise ValueError(
                "index_date must be a date, a time, or those by patient id; None is "
                "now, up to which all that is recorded counts."
            )
        return pd.Series([index_date] * len(ids), ids, dtype=object)
    given = {str(p).removeprefix("Patient/"): at for p, at in index_date.items()}
    absent = sum(patient not in given for patient in ids)
    if absent:
        raise ValueError(f"index_date lacks {absent} of {len(ids)} patients.")
    return pd.Series([given[patient] for patient in ids], ids, dtype=object)
