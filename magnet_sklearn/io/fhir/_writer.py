"""Predictions of a patient, written as resources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import numpy as np

from magnet_sklearn.io.fhir._concepts import (
    concept,
    days_of,
    period_until,
    qualitative_risk,
    quantity,
)
from magnet_sklearn.io.fhir._predictions import PredictedOutcome

# What an Observation may be derived from.
_SOURCES = ("Observation/", "ImagingStudy/", "DocumentReference/")


class ResourceWriter:
    """Writes the resources of one patient after the other.

    Parameters
    ----------
    predicted : list of PredictedOutcome
        What is predicted.
    outcomes, units : mapping
        As in `to_fhir`.
    time_unit, method, status : str
        As in `to_fhir`.
    thresholds : list of (str, float)
        Ascending.
    alpha : float
        Share of patients outside of intervals.
    """

    def __init__(
        self,
        predicted: Sequence[PredictedOutcome],
        outcomes: Mapping[str, Any],
        time_unit: str,
        units: Mapping[str, str],
        thresholds: list[tuple[str, float]],
        method: str,
        status: str,
        alpha: float,
    ) -> None:
        days_of(time_unit)  # or an error
        self._risks = [outcome for outcome in predicted if outcome.is_probability]
        self._numbers = [outcome for outcome in predicted if not outcome.is_probability]
        self._outcomes, self._units = outcomes, units
        self._time_unit, self._thresholds = time_unit, thresholds
        self._method, self._status, self._alpha = method, status, alpha

    def resources(self, row, subject, at, sources, notes):
        """Return the resources of a patient."""
        notes = [{"text": note} for note in notes]
        found = []
        if self._risks:
            head = self._head("RiskAssessment", "risk", subject, at)
            head["occurrenceDateTime"] = at.isoformat()
            head |= {"basis": sources} if sources else {}
            head["prediction"] = [self._risk(risk, row, at) for risk in self._risks]
            found.append({**head, "note": notes})
        for number in self._numbers:
            found.append(self._observation(number, row, subject, at, sources, notes))
        return found

    def _head(self, kind, what, subject, at):
        """Return what both types of resources have."""
        name = "|".join([self._method, what, subject["reference"], at.isoformat()])
        return {
            "resourceType": kind,
            "identifier": [
                {
                    "system": "urn:ietf:rfc:3986",
                    "value": f"urn:uuid:{uuid5(NAMESPACE_URL, name)}",
                }
            ],
            "status": self._status,
            "method": {"text": self._method},
            "subject": subject,
        }

    def _risk(self, risk: PredictedOutcome, row: int, at: datetime) -> dict[str, Any]:
        probability = float(risk.values[row])
        percent = min(max(100 * probability, 0.0), 100.0)
        found = {
            "outcome": concept(self._outcomes.get(risk.name), risk.name),
            "probabilityDecimal": round(percent, 6),
        }
        if qualitative := qualitative_risk(probability, self._thresholds):
            found["qualitativeRisk"] = qualitative
        if risk.relative_risk is not None and np.isfinite(risk.relative_risk[row]):
            found["relativeRisk"] = round(float(risk.relative_risk[row]), 6)
        if risk.horizon is not None:
            found["whenPeriod"] = period_until(at, risk.horizon, self._time_unit)
            found["rationale"] = f"Within {risk.horizon:g} {self._time_unit}."
        return found

    def _observation(self, number, row, subject, at, sources, notes):
        """Return the Observation of a predicted number."""
        head = self._head("Observation", number.name, subject, at)
        unit = self._units.get(number.name)
        found = {
            **head,
            "code": concept(self._outcomes.get(number.name), number.name),
            "effectiveDateTime": at.isoformat(),
            "valueQuantity": quantity(number.values[row], unit),
            "note": notes,
        }
        derived = [one for one in sources if one["reference"].startswith(_SOURCES)]
        if derived:
            found["derivedFrom"] = derived
        if number.interval is not None and np.isfinite(number.interval[row]).all():
            share = f"{100 * (1 - self._alpha):g} % interval"
            ends = zip(("lower", "upper"), number.interval[row], strict=True)
            found["component"] = [
                {
                    "code": {"text": f"{end} bound of the {share}"},
                    "valueQuantity": quantity(value, unit),
                }
                for end, value in ends
            ]
        return found
