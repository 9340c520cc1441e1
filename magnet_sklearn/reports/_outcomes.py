"""What a fitted estimator predicts, one outcome at a time."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import pandas as pd

from magnet_sklearn._estimators import BaseMagnet
from magnet_sklearn._targets import (
    ClassTarget,
    LabelsTarget,
    NumberTarget,
    SeveralTargets,
    SurvivalTarget,
    Target,
    check_times,
    columns_of,
)
from magnet_sklearn.data import Survival, quoted


@dataclass(frozen=True)
class Outcome(ABC):
    """One class, label, number or survival time that is predicted.

    Parameters
    ----------
    name : str
        Name that readers see.
    task : str or None
        Task of a MagnetMultiTask it belongs to.
    target : Target
        Fitted.
    column : int
        Place among the labels or numbers of the target.
    outputs : slice
        Outputs of the model that belong to the target.
    scale : slice
        Outputs on the scale of `contributions` that belong to the outcome.
    """

    name: str
    task: str | None
    target: Target
    column: int
    outputs: slice
    scale: slice

    kind = ""

    def truth(self, y: Any) -> np.ndarray:
        """Return the known outcome of each patient, NaN where there is none."""
        if self.task is not None:
            return self._truth(self.target.from_columns(columns_of(y, self.task)))
        return self._truth(self.target.check(y))

    @abstractmethod
    def _truth(self, y: Any) -> np.ndarray:
        """Return the same from what the target takes."""


class ClassOutcome(Outcome):
    """One of several classes."""

    kind = "classification"

    @property
    def classes(self) -> list[str]:
        """Names of the classes."""
        if isinstance(self.target, LabelsTarget):
            return ["no", "yes"]
        target = cast("ClassTarget", self.target)
        return [label_text(label) for label in target.classes_]

    def probability(self, outputs: np.ndarray) -> np.ndarray:
        """Return the probability of each class, of shape (n_patients, n_classes)."""
        by_name = self.target.predict_proba(outputs[:, self.outputs])
        columns = np.column_stack([*by_name.values()])
        if isinstance(self.target, LabelsTarget):
            there = columns[:, self.column]
            return np.column_stack([1 - there, there])
        return columns

    def _truth(self, y):
        """Places in `classes`."""
        return self.target.encode(y)[:, self.column]


class NumberOutcome(Outcome):
    """A number in the units of y."""

    kind = "number"

    def value(self, outputs: np.ndarray) -> np.ndarray:
        """Return predicted numbers."""
        values = self.target.predict(outputs[:, self.outputs])
        return values.reshape(len(outputs), -1)[:, self.column]

    def quantiles(
        self, outputs: np.ndarray, mask: np.ndarray, levels: list[float]
    ) -> np.ndarray | None:
        """Return quantiles, of shape (n_patients, n_levels); None without residuals."""
        target = cast("NumberTarget", self.target)
        if not hasattr(target, "residuals_"):
            return None
        part = outputs[:, self.outputs]
        quantiles = target.predict_quantiles(part, mask, np.asarray(levels))
        return quantiles.reshape(len(outputs), -1, len(levels))[:, self.column]

    def _truth(self, y):
        """Numbers."""
        return np.asarray(y, dtype=float).reshape(len(y), -1)[:, self.column]


class SurvivalOutcome(Outcome):
    """A time to an event."""

    kind = "survival"

    @property
    def event_times(self) -> np.ndarray:
        """Times of events in `fit`."""
        return self.survival_target.baseline_.times_

    @property
    def survival_target(self) -> SurvivalTarget:
        """The target, known to be one of survival times."""
        return cast("SurvivalTarget", self.target)

    def risk(self, outputs: np.ndarray) -> np.ndarray:
        """Return risks; higher is worse."""
        return self.target.predict(outputs[:, self.outputs])

    def survival(self, outputs: np.ndarray, times: np.ndarray) -> np.ndarray:
        """Return survival probabilities, of shape (n_patients, n_times)."""
        part = outputs[:, self.outputs]
        return np.column_stack([*self.target.survival_columns(part, times).values()])

    def horizons(self, times: Any = None) -> np.ndarray:
        """Check times; without any, quartiles of the event times to two digits."""
        if times is not None:
            return check_times(times)
        quartiles = np.quantile(self.event_times, [0.25, 0.5, 0.75])
        return np.unique([float(f"{time:.2g}") for time in quartiles])

    def _truth(self, y):
        """Event (1 or 0), time and entry time, of shape (n_patients, 3)."""
        event = np.where(
            np.isnan(y[:, 0]), np.nan, y[:, 0] == self.survival_target.cause
        )
        return np.column_stack([event, y[:, 1:3]])


def as_survival(truth: np.ndarray) -> Survival:
    """Return known events and times in the form that metrics take."""
    event, time, entry = truth.T
    return Survival(event.astype(int), time, entry)


def outcomes_of(estimator: BaseMagnet) -> list[Outcome]:
    """Take a fitted estimator apart into outcomes."""
    target, found = estimator._model.target, list[Outcome]()
    tasks = target.tasks_ if isinstance(target, SeveralTargets) else {None: target}
    raw = scaled = 0
    for task, one in tasks.items():
        outputs = slice(raw, raw + one.loss.n_outputs)
        n_scaled = len(one.output_scale().names)
        for column, kind in enumerate(kinds := _kinds(one)):
            width = n_scaled // len(kinds)
            start = scaled + column * width
            name = _name(task, one, kind.kind, column if len(kinds) > 1 else None)
            places = slice(start, start + width)
            found.append(kind(name, task, one, column, outputs, places))
        raw, scaled = outputs.stop, scaled + n_scaled
    return found


def check_units(
    units: Mapping[str, str] | None, outcomes: Sequence[Outcome]
) -> Mapping[str, str]:
    """Refuse units of outcomes that there are not."""
    names = [outcome.name for outcome in outcomes]
    unknown = [name for name in units or {} if name not in names]
    if unknown:
        raise ValueError(
            f"units has the outcomes {quoted(unknown[:5])}; those of the model are "
            f"{quoted(names)}."
        )
    return units or {}


_PLAIN = {"classification": "class", "number": "value", "survival": "survival"}


def _kinds(target):
    """Return a kind of outcome for each label or number of a target."""
    if isinstance(target, LabelsTarget):
        return [ClassOutcome] * len(target.columns)
    if isinstance(target, NumberTarget):
        return [NumberOutcome] * target.loss.n_outputs
    return [SurvivalOutcome if isinstance(target, SurvivalTarget) else ClassOutcome]


def _name(task, target, kind, column):
    """Name an outcome by task and label."""
    if column is None:
        return _PLAIN[kind] if task is None else str(task)
    label = label_text(target.task_names()[column])
    return label if task is None else f"{task}: {label}"


def label_text(label: Any) -> str:
    """Write a class or category as people do: 1 in place of 1.0."""
    if isinstance(label, float | np.floating) and float(label).is_integer():
        return str(int(label))
    return "missing" if pd.isna(label) else str(label)
