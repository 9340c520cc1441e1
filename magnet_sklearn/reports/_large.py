"""Calibration in the large of each outcome."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from magnet_sklearn.metrics import calibration_in_the_large
from magnet_sklearn.reports._formatting import number
from magnet_sklearn.reports._outcomes import (
    ClassOutcome,
    Outcome,
    SurvivalOutcome,
)


def large_rows(
    outcomes: list[Outcome],
    outputs: np.ndarray,
    y: Any,
    times: Any,
    confidence: float,
) -> Iterator[dict[str, Any]]:
    """Yield observed and expected events of each class, or up to each time.

    Numbers have none; patients without a known outcome are left out.
    """
    for outcome in outcomes:
        truth = outcome.truth(y)
        known = ~np.isnan(truth.reshape(len(truth), -1)).any(axis=1)
        if not known.any():
            continue
        part, truth = outputs[known], truth[known]
        for of, told, p, horizon in _events(outcome, part, truth, times):
            found = calibration_in_the_large(
                told, p, horizon=horizon, confidence=confidence
            )
            yield {"outcome": outcome.name, "of": of, **found.to_dict()}


def _events(
    outcome: Outcome, outputs: np.ndarray, truth: np.ndarray, times: Any
) -> Iterator[tuple[str, Any, np.ndarray, float | None]]:
    """Yield name, truth and probability of each event."""
    if isinstance(outcome, ClassOutcome):
        probability = np.clip(outcome.probability(outputs), 0.0, 1.0)
        n_classes = len(outcome.classes)
        for place in [1] if n_classes == 2 else range(n_classes):
            yield outcome.classes[place], truth == place, probability[:, place], None
    elif isinstance(outcome, SurvivalOutcome):
        y = pd.DataFrame({"event": truth[:, 0] > 0, "time": truth[:, 1]})
        if np.isfinite(truth[:, 2]).any():
            y["entry"] = np.maximum(truth[:, 2], 0.0)
        horizons = outcome.horizons(times)
        survival = np.clip(outcome.survival(outputs, horizons), 0.0, 1.0)
        for place, time in enumerate(horizons):
            event = f"event until {number(time)}"
            yield event, y, 1 - survival[:, place], float(time)
