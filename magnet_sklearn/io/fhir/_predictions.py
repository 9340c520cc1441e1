"""What an estimator predicts, outcome by outcome, as FHIR wants to hear it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from magnet_sklearn._targets import LabelsTarget, NumberTarget, SurvivalTarget


@dataclass(frozen=True)
class PredictedOutcome:
    """One outcome of all patients.

    Parameters
    ----------
    name : str
        Class, label, task or number.
    task : str or None
        Task of a MagnetMultiTask.
    values : ndarray of shape (n_patients,)
        Probabilities, or numbers.
    is_probability : bool
        Which of both.
    horizon : float or None
        Time up to which a probability holds, in the units of y.
    relative_risk : ndarray of shape (n_patients,) or None
        Hazard ratio to the average patient.
    interval : ndarray of shape (n_patients, 2) or None
        Bounds of numbers.
    """

    name: str
    task: str | None
    values: np.ndarray
    is_probability: bool
    horizon: float | None = None
    relative_risk: np.ndarray | None = None
    interval: np.ndarray | None = None


def predicted_outcomes(
    est: Any, X: Any, times: Any, alpha: float
) -> Iterator[PredictedOutcome]:
    """Yield what a fitted estimator predicts.

    Parameters
    ----------
    est : fitted estimator
        One of ours, or anything with the methods of one.
    X : multimodal data of shape (n_patients, n_modalities)
        Patients.
    times : array-like of shape (n_times,) or None
        Horizons of survival models.
    alpha : float
        Share of patients outside of intervals.
    """
    if hasattr(est, "tasks_"):
        yield from _of_tasks(est, X, times, alpha)
    elif hasattr(est, "predict_survival_function"):
        survival = est.predict_survival_function(X, _checked_times(times))
        yield from _of_survival("event", None, survival, _hazard_ratio(est, X))
    elif hasattr(est, "predict_proba"):
        columns = np.asarray(est.predict_proba(X))
        for name, values in zip(est.classes_, columns.T, strict=True):
            yield PredictedOutcome(label(name), None, values, True)
    else:
        values = np.asarray(est.predict(X), dtype=float)
        intervals = _intervals(est, X, alpha, values.shape)
        many = values.reshape(len(values), -1)
        for column in range(many.shape[1]):
            name = "value" if values.ndim == 1 else str(column)
            yield PredictedOutcome(
                name, None, many[:, column], False, interval=intervals[:, column]
            )


def _of_tasks(est, X, times, alpha):
    """Yield the outcomes of all tasks, in their order."""
    kinds = est.tasks_
    is_survival = [isinstance(task, SurvivalTarget) for task in kinds.values()]
    is_number = [isinstance(task, NumberTarget) for task in kinds.values()]
    predicted = est.predict(X)
    ends = [alpha / 2, 1 - alpha / 2]
    if any(is_survival):
        survival = est.predict_survival_function(X, _checked_times(times))
    if any(is_number):
        bounds = est.predict(X, quantiles=ends)
    if not all(np.logical_or(is_survival, is_number)):
        probability = est.predict_proba(X)
    for name, task in kinds.items():
        if isinstance(task, SurvivalTarget):
            yield from _of_survival(name, name, survival[name], None)
        elif isinstance(task, NumberTarget):
            values = np.asarray(predicted[name], dtype=float).reshape(len(predicted))
            interval = bounds[name].to_numpy()
            yield PredictedOutcome(name, name, values, False, interval=interval)
        else:
            for column, values in probability[name].items():
                own = f"{name}: {label(column)}"
                own = label(column) if isinstance(task, LabelsTarget) else own
                yield PredictedOutcome(own, name, values.to_numpy(), True)


def _of_survival(name, task, survival, relative_risk):
    """Yield the probability of the event up to each time."""
    for time in survival.columns:
        event = 1 - survival[time].to_numpy()
        yield PredictedOutcome(name, task, event, True, float(time), relative_risk)


def _hazard_ratio(est: Any, X: Any) -> np.ndarray | None:
    baseline = getattr(est, "baseline_", None)
    if not isinstance(baseline, float):
        return None
    return np.exp(np.asarray(est.predict(X)) - baseline)


def _intervals(est, X, alpha, shape):
    """Return bounds of numbers of shape (n_patients, n_numbers, 2), NaN for none."""
    width = (shape[0], int(np.prod(shape[1:])), 2)
    try:
        bounds = est.predict(X, quantiles=[alpha / 2, 1 - alpha / 2])
    except TypeError:  # another estimator
        return np.full(width, np.nan)
    return np.asarray(bounds).reshape(width)


def _checked_times(times: Any) -> Any:
    if times is None:
        raise ValueError(
            "times is None: a risk of an event holds up to a time. Pass for example "
            "times=[365, 1825], in the units of y."
        )
    return times


def label(name: Any) -> str:
    """Write a class as people do: 1 in place of 1.0."""
    if isinstance(name, float | np.floating) and float(name).is_integer():
        return str(int(name))
    return "missing" if pd.isna(name) else str(name)
