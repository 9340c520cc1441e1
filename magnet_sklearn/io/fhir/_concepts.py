"""Elements of FHIR that predictions are written with."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd

from magnet_sklearn.io.fhir._codes import CodePattern

UCUM = "http://unitsofmeasure.org"
_RISK_SYSTEM = "http://terminology.hl7.org/CodeSystem/risk-probability"
_RISK_CODES = ("negligible", "low", "moderate", "high", "certain")
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
_DAYS = {"d": 1.0, "wk": 7.0, "mo": 30.4375, "a": 365.25}


def concept(given: Any, name: str) -> dict[str, Any]:
    """Return a CodeableConcept from text, a code or a concept."""
    if isinstance(given, Mapping):
        return dict(given)
    if isinstance(given, str) and "|" in given:
        pattern = CodePattern.parse(given, f"outcomes[{name!r}]")
        coding = {"system": pattern.system, "code": pattern.code}
        return {"coding": [coding], "text": name}
    return {"text": name if given is None else str(given)}


def qualitative_risk(probability: float, thresholds: list[tuple[str, float]]) -> Any:
    """Return the concept of the highest threshold that is reached, or None."""
    reached = [name for name, least in thresholds if probability >= least]
    if not reached:
        return None
    if reached[-1] not in _RISK_CODES:
        return {"text": reached[-1]}
    coding = {"system": _RISK_SYSTEM, "code": reached[-1]}
    return {"coding": [coding], "text": reached[-1]}


def check_thresholds(thresholds: Mapping[str, float] | None) -> list[tuple[str, float]]:
    """Return names and least probabilities of qualitative risks, ascending."""
    found = sorted((thresholds or {}).items(), key=lambda pair: pair[1])
    for name, least in found:
        if not 0 <= least <= 1:
            raise ValueError(
                f"thresholds[{name!r}] is {least}; thresholds are probabilities in "
                "[0, 1]."
            )
    return found


def patient_references(patients: pd.Index) -> list[dict[str, str]]:
    """Return references to patients; their ids must be ids of FHIR."""
    if isinstance(patients, pd.RangeIndex):
        raise ValueError(
            "X has row numbers in place of patient ids. Pass MultiModalData with an "
            "index of ids, as `read_fhir` returns it."
        )
    ids = [str(patient).removeprefix("Patient/") for patient in patients]
    wrong = sum(_ID.fullmatch(one) is None for one in ids)
    if wrong:
        raise ValueError(
            f"{wrong} of {len(ids)} patient ids are no ids of FHIR: at most 64 of "
            "letters, digits, '-' and '.'."
        )
    return [{"reference": f"Patient/{one}"} for one in ids]


def as_instant(given: Any) -> datetime:
    """Return a date as a time with a zone, UTC if there is none."""
    if isinstance(given, str):
        given = pd.Timestamp(given)
    if isinstance(given, date) and not isinstance(given, datetime):
        given = pd.Timestamp(given)
    if not isinstance(given, datetime) or pd.isna(given):
        raise ValueError("date must be a date or a time, or a Series of these.")
    stamp = pd.Timestamp(given)
    stamp = stamp.tz_localize("UTC") if stamp.tzinfo is None else stamp
    return stamp.floor("s").to_pydatetime()


def period_until(start: datetime, horizon: float, unit: str) -> dict[str, str]:
    """Return the Period from a time on; of months and years, their mean length."""
    try:
        end = start + timedelta(days=round(horizon * days_of(unit)))
    except OverflowError:
        raise ValueError(
            f"times has {horizon:g}, which in the time_unit {unit!r} is no date."
        ) from None
    return {"start": start.isoformat(), "end": end.isoformat()}


def days_of(unit: str) -> float:
    """Return the days of a unit of time."""
    if unit not in _DAYS:
        raise ValueError(
            f"time_unit is {unit!r}. Choose one of 'd', 'wk', 'mo', 'a' (days, weeks, "
            "months, years)."
        )
    return _DAYS[unit]


def quantity(value: float, unit: str | None) -> dict[str, Any]:
    """Return a Quantity, in UCUM if there is a unit."""
    found: dict[str, Any] = {"value": round(float(value), 6)}
    return found if unit is None else {**found, "unit": unit, **_coded(unit)}


def _coded(unit: str) -> dict[str, str]:
    return {"system": UCUM, "code": unit}
