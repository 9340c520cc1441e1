"""Whether predicted probabilities agree with what happened, and are of use."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import binomtest

from magnet_sklearn.metrics import kaplan_meier, net_benefit, recalibration
from magnet_sklearn.reports._outcomes import as_survival

_PER_BIN, _MOST_BINS = 20, 10
_LEVELS = [0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95]


def class_calibration(
    classes: list[str], truth: np.ndarray, probability: np.ndarray
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return calibration and decision curve of the second of two classes, or each."""
    columns = [1] if len(classes) == 2 else range(len(classes))
    calibration, decisions = [], []
    for column in columns:
        event, p = truth == column, probability[:, column]
        points = [
            _point(p[rows].mean(), len(rows), *_share(event[rows])) for rows in _bins(p)
        ]
        head = {"of": classes[column], "points": points}
        calibration.append(head | _recalibration(event, p))
        decisions.append(_decision(classes[column], net_benefit(event, p)))
    return calibration, decisions


def number_calibration(truth: np.ndarray, quantiles: np.ndarray) -> dict[str, Any]:
    """Return the share of patients below each predicted quantile of `LEVELS`."""
    points = [
        _point(level, len(truth), *_share(truth <= quantiles[:, column]))
        for column, level in enumerate(_LEVELS)
    ]
    return {"of": "quantiles", "points": points, "slope": None, "intercept": None}


def survival_calibration(
    label: str, truth: np.ndarray, event_probability: np.ndarray, horizon: float
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return calibration and decision curve of events up to a horizon."""
    points = []
    for rows in _bins(event_probability):
        survival = as_survival(truth[rows])
        estimate, lower, upper = kaplan_meier(survival, horizon)
        predicted = event_probability[rows].mean()
        points.append(_point(predicted, len(rows), 1 - estimate, 1 - upper, 1 - lower))
    y = pd.DataFrame({"event": truth[:, 0] > 0, "time": truth[:, 1]})
    if np.isfinite(truth[:, 2]).any():
        y["entry"] = np.maximum(truth[:, 2], 0.0)
    curve = net_benefit(y, event_probability, horizon=horizon)
    head = {"of": label, "points": points, "slope": None, "intercept": None}
    return head, _decision(label, curve)


def levels() -> list[float]:
    """Return the levels whose quantiles `number_calibration` takes."""
    return _LEVELS


def _bins(p):
    """Places of patients in bins of as many patients, by predicted probability."""
    n_bins = int(np.clip(len(p) // _PER_BIN, 1, _MOST_BINS))
    return np.array_split(np.argsort(p, kind="stable"), n_bins)


def _share(event):
    """Return a share and its Wilson interval."""
    found = binomtest(int(event.sum()), len(event)).proportion_ci(method="wilson")
    return event.mean(), found.low, found.high


def _point(predicted, n_patients, observed, lower, upper):
    """Return a point of a calibration curve."""
    return {
        "predicted": predicted,
        "observed": observed,
        "lower": lower,
        "upper": upper,
        "n_patients": n_patients,
    }


def _recalibration(event, p):
    """Return slope and intercept of the log-odds; None without them."""
    fitted = (None if np.isnan(value) else value for value in recalibration(event, p))
    return dict(zip(("slope", "intercept"), fitted, strict=True))


def _decision(label, curve):
    """Return a decision curve."""
    return {
        "of": label,
        "threshold": curve.index,
        "model": curve["model"],
        "treat_all": curve["treat_all"],
    }
