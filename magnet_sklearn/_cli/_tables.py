"""Predictions of all kinds in one flat table."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from magnet_sklearn._estimators import BaseMagnet
from magnet_sklearn._targets import LabelsTarget
from magnet_sklearn.data import MultiModalData
from magnet_sklearn.reports import (
    ClassOutcome,
    NumberOutcome,
    Outcome,
    SurvivalOutcome,
    outcomes_of,
)

INDEX = "patient"


def prediction_table(
    model: BaseMagnet,
    X: MultiModalData,
    times: list[float] | None = None,
    interval: float | None = None,
) -> pd.DataFrame:
    """Predict all outcomes of patients.

    Parameters
    ----------
    model : fitted estimator
        Any of the four.
    X : MultiModalData of shape (n_patients, n_modalities)
        Patients.
    times : list of float, default=None
        Times of the survival probabilities; None is quartiles of the event times.
    interval : float, default=None
        Share of patients for whom intervals of numbers hold.

    Returns
    -------
    table : DataFrame with n_patients rows
        Per outcome: its class and `<outcome>_probability_<class>`; 0 or 1 of a label
        and `<label>_probability`; its number, `_lower` and `_upper`; or `_risk` and
        `_at_<time>`, the probability of no event until then.
    """
    outcomes = outcomes_of(model)
    _check_options(outcomes, times, interval)
    predicted = model._predicted(X)
    columns: dict[str, Any] = {}
    for outcome in outcomes:
        columns |= _columns(outcome, predicted, times, interval)
    return pd.DataFrame(columns, index=predicted.index.rename(INDEX))


def contribution_table(model: Any, X: MultiModalData) -> pd.DataFrame:
    """Return the parts of each prediction, and the constant they add to."""
    parts = model.contributions(X).rename_axis(INDEX)
    baseline = np.atleast_1d(model.baseline_)
    if parts.columns.nlevels == 1:
        parts.insert(0, "baseline", baseline[0])
        return parts
    outputs = list(dict.fromkeys(parts.columns.get_level_values(1)))
    constant = pd.DataFrame(
        dict(zip([f"baseline: {name}" for name in outputs], baseline, strict=True)),
        index=parts.index,
    )
    flat = parts.set_axis([f"{part}: {output}" for part, output in parts], axis=1)
    return pd.concat([constant, flat], axis=1)


def _check_options(outcomes, times, interval):
    for option, value, kind, what in (
        ("--times", times, SurvivalOutcome, "survival times"),
        ("--interval", interval, NumberOutcome, "numbers"),
    ):
        if value is not None and not any(isinstance(one, kind) for one in outcomes):
            raise ValueError(f"{option} is for {what}, which this model has not.")


def _columns(outcome: Outcome, predicted, times, interval) -> dict[str, Any]:
    """Columns of one outcome."""
    name, outputs = outcome.name, predicted.outputs
    if isinstance(outcome, SurvivalOutcome):
        horizons = outcome.horizons(times)
        survival = outcome.survival(outputs, horizons).T
        named = zip((f"{name}_at_{t:.10g}" for t in horizons), survival, strict=True)
        return {f"{name}_risk": outcome.risk(outputs), **dict(named)}
    own = outcome.target.predict(outputs[:, outcome.outputs])
    columns = {name: own.reshape(len(outputs), -1)[:, outcome.column]}
    if isinstance(outcome, ClassOutcome):
        probability = outcome.probability(outputs)
        if isinstance(outcome.target, LabelsTarget):
            return columns | {f"{name}_probability": probability[:, 1]}
        return columns | {
            f"{name}_probability_{label}": column
            for label, column in zip(outcome.classes, probability.T, strict=True)
        }
    if interval is not None:
        columns |= _interval(outcome, predicted, interval)
    return columns


def _interval(outcome, predicted, share):
    levels = [(1 - share) / 2, (1 + share) / 2]
    bounds = outcome.quantiles(predicted.outputs, predicted.mask, levels)
    if bounds is None:
        raise ValueError(
            "This model has no intervals: no patients were held out in fit. Leave out "
            "--interval, or fit with early_stopping or experts."
        )
    return {
        f"{outcome.name}_lower": bounds[:, 0],
        f"{outcome.name}_upper": bounds[:, 1],
    }
