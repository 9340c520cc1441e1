"""What is predicted about one patient, outcome by outcome."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from magnet_sklearn.data import MultiModalData, as_named_frame
from magnet_sklearn.reports._outcomes import (
    ClassOutcome,
    NumberOutcome,
    Outcome,
    SurvivalOutcome,
)

_N_POINTS = 60  # of a survival curve


@dataclass(frozen=True)
class PatientOutputs:
    """Outputs of a model for one patient.

    Parameters
    ----------
    outputs, baseline : ndarray of shape (1, n_outputs)
        For the patient, and for one of whom nothing is known.
    mask : bool ndarray of shape (1, n_modalities)
        True = observed.
    """

    outputs: np.ndarray
    baseline: np.ndarray
    mask: np.ndarray


def feature_frame(X: MultiModalData) -> pd.DataFrame:
    """Return the features of all tables, by modality; images have none."""
    tables = {
        name: as_named_frame(name, block, X.index)
        for name, block in X.items()
        if np.ndim(block) == 2
    }
    return pd.concat(tables, axis=1) if tables else pd.DataFrame(index=X.index)


def describe_prediction(
    outcome: Outcome, patient: PatientOutputs, alpha: float, times: Any = None
) -> dict[str, Any]:
    """Return what the report says of an outcome, but for reasons."""
    head = {"name": outcome.name, "kind": outcome.kind}
    if isinstance(outcome, ClassOutcome):
        return head | _class(outcome, patient)
    if isinstance(outcome, NumberOutcome):
        return head | _number(outcome, patient, alpha)
    assert isinstance(outcome, SurvivalOutcome)
    return head | _survival(outcome, patient, times)


def _class(outcome, patient):
    """Probabilities."""
    own, average = (
        outcome.probability(outputs)[0]
        for outputs in (patient.outputs, patient.baseline)
    )
    best = int(np.argmax(own))
    rows = zip(outcome.classes, own, average, strict=True)
    return {
        "prediction": outcome.classes[best],
        "probability": own[best],
        "probabilities": [
            {"class": name, "probability": p, "average": mean} for name, p, mean in rows
        ],
        "prediction_set": None,
    }


def _number(outcome, patient, alpha):
    """Value and interval."""
    levels = [alpha / 2, 1 - alpha / 2]
    bounds = outcome.quantiles(patient.outputs, patient.mask, levels)
    return {
        "prediction": outcome.value(patient.outputs)[0],
        "average": outcome.value(patient.baseline)[0],
        "interval": None
        if bounds is None
        else {
            "lower": bounds[0, 0],
            "upper": bounds[0, 1],
            "coverage": 1 - alpha,
            "method": "residuals of held-out training patients",
        },
    }


def _survival(outcome, patient, times):
    """Curve, survival at horizons and median."""
    events = outcome.event_times
    grid = np.unique(np.r_[0.0, np.linspace(0, events[-1], _N_POINTS)])
    horizons = outcome.horizons(times)
    both = np.vstack([patient.outputs, patient.baseline])
    curves, at = outcome.survival(both, grid), outcome.survival(both, horizons)
    reached = events[outcome.survival(patient.outputs, events)[0] <= 0.5]
    risk = outcome.risk(both)
    return {
        "prediction": reached[0] if len(reached) else None,  # median
        "hazard_ratio": np.exp(risk[0] - risk[1]),
        "horizons": [
            {"time": time, "survival": own, "average": average}
            for time, own, average in zip(horizons, *at, strict=True)
        ],
        "curve": {"time": grid, "survival": curves[0], "average": curves[1]},
        "last_event_time": events[-1],
        "lower_bound": None,
    }
