"""One outcome of a model, on patients with known outcomes."""

from __future__ import annotations

from typing import Any

import numpy as np

from magnet_sklearn.reports._calibration import (
    class_calibration,
    levels,
    number_calibration,
    survival_calibration,
)
from magnet_sklearn.reports._formatting import number
from magnet_sklearn.reports._outcomes import (
    ClassOutcome,
    NumberOutcome,
    Outcome,
    SurvivalOutcome,
)


def score_input(outcome: Outcome, outputs: np.ndarray) -> np.ndarray:
    """Return what the scores of an outcome take."""
    if isinstance(outcome, ClassOutcome):
        return outcome.probability(outputs)
    if isinstance(outcome, NumberOutcome):
        return outcome.value(outputs)
    assert isinstance(outcome, SurvivalOutcome)
    return outcome.risk(outputs)


def describe_truth(outcome: Outcome, truth: np.ndarray) -> dict[str, Any]:
    """Count what is known of an outcome; `truth` is without NaN."""
    described: dict[str, Any] = {"n_patients": len(truth)}
    if isinstance(outcome, ClassOutcome):
        counts = np.bincount(truth.astype(int), minlength=len(outcome.classes))
        rows = zip(outcome.classes, counts, strict=True)
        described["classes"] = [{"class": name, "n_patients": n} for name, n in rows]
    elif outcome.kind == "survival":
        described["n_events"] = int(truth[:, 0].sum())
        described["longest_time"] = truth[:, 1].max()
    else:
        described |= {"mean": truth.mean(), "sd": truth.std()}
        described |= {"smallest": truth.min(), "largest": truth.max()}
    return described


def calibrate(
    outcome: Outcome,
    truth: np.ndarray,
    outputs: np.ndarray,
    mask: np.ndarray,
    times: Any,
    unit: str | None,
) -> dict[str, list[dict[str, Any]]]:
    """Return calibration and decision curves; `truth` is without NaN."""
    if isinstance(outcome, ClassOutcome):
        probability = outcome.probability(outputs)
        found = class_calibration(outcome.classes, truth, probability)
    elif isinstance(outcome, NumberOutcome):
        quantiles = outcome.quantiles(outputs, mask, levels())
        found = [] if quantiles is None else [number_calibration(truth, quantiles)], []
    else:
        assert isinstance(outcome, SurvivalOutcome)
        times = outcome.horizons(times)
        survival = outcome.survival(outputs, times)
        pairs = [
            survival_calibration(
                f"event until {number(time)}{f' {unit}' if unit else ''}",
                truth,
                1 - survival[:, column],
                time,
            )
            for column, time in enumerate(times)
        ]
        found = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    return dict(zip(("calibration", "decision_curves"), found, strict=True))
