"""Several targets of the same patients."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd
from scipy.linalg import block_diag

from magnet_sklearn._targets._base import OutputScale, Target
from magnet_sklearn._targets._registry import TARGETS
from magnet_sklearn.data import survival_pairs
from magnet_sklearn.experts import EvidenceKind
from magnet_sklearn.losses import MultiTaskLoss


class SeveralTargets(Target):
    """Tasks side by side, each a target of its own; NaN is no label.

    Parameters
    ----------
    tasks : dict of str to str or dict, default=None
        Kind of each task, or a dict with its "kind" and further parameters of it. None
        infers kinds from the columns of y.
    weights : str or dict of str to float, default="uncertainty"
        Weights of the tasks' losses.

    Attributes
    ----------
    tasks_ : dict of str to Target
        Fitted, in the order of the columns of y.
    """

    def __init__(self, tasks=None, weights="uncertainty"):
        super().__init__()
        self.tasks = tasks
        self.weights = weights

    def check(self, y):
        """Refuse what is not a frame."""
        if isinstance(y, pd.DataFrame):
            return y
        raise TypeError(
            f"y must be a DataFrame with a column for each task; got "
            f"{type(y).__name__}. A dict cannot be split in cross-validation: pass "
            "pd.DataFrame(y), or pd.concat(y, axis=1) for two-level columns."
        )

    def fit(self, y, weight, earlier=None):
        """Fit each task."""
        if earlier is None:
            self.tasks_ = make_targets(self.tasks, y)
            for name, target in self.tasks_.items():
                target.fit(target.from_columns(columns_of(y, name)), weight)
        else:
            self.tasks_ = earlier.tasks_
        losses = [target.loss for target in self.tasks_.values()]
        self.loss = MultiTaskLoss(losses, self._task_weights())
        return self

    def encode(self, y):
        """Put the targets of all tasks side by side."""
        return np.hstack([task.encode(part) for task, part in self._parts(y)])

    def evidence(self) -> list[EvidenceKind]:
        """Return those of all tasks."""
        return [kind for task in self.tasks_.values() for kind in task.evidence()]

    def calibrate(self, held_out):
        """Calibrate each task on the patients who have a label."""
        for (task, y), outputs in zip(
            self._parts(held_out.y), self._slices(), strict=True
        ):
            rows = np.flatnonzero(task.loss.labelled(task.encode(y)))
            if len(rows):
                y = y.iloc[rows] if hasattr(y, "iloc") else y[rows]
                task.calibrate(held_out.select(y, rows, outputs))

    def split(self, outputs: np.ndarray) -> dict[str, np.ndarray]:
        """Return the outputs of each task."""
        parts = zip(self.tasks_, self._slices(), strict=True)
        return {name: outputs[:, columns] for name, columns in parts}

    def output_scale(self):
        """Those of all tasks; a task with several outputs names them behind itself."""
        scales = {name: task.output_scale() for name, task in self.tasks_.items()}
        return OutputScale(
            [
                name if len(scale.names) == 1 else f"{name}: {output}"
                for name, scale in scales.items()
                for output in scale.names
            ],
            block_diag(*(scale.weights for scale in scales.values())),
            np.concatenate([scale.shift for scale in scales.values()]),
            [unit for scale in scales.values() for unit in scale.units],
        )

    def task_names(self):
        """Tasks, and the labels of those that have several."""
        return [
            name if len(inner) == 1 else f"{name}: {label}"
            for name, task in self.tasks_.items()
            for inner in [task.task_names()]
            for label in inner
        ]

    def predict(self, outputs):
        """Return a frame with a column per task, or per label of it."""
        return self._frame(outputs, "predictions", _predictions)

    def predict_proba(self, outputs):
        """Return a frame with a column per class or label; other tasks have none."""
        return self._frame(
            outputs, "probabilities", lambda task, part: task.predict_proba(part)
        )

    def predict_quantiles(self, outputs, mask, levels):
        """Return a frame with columns (task, level), of the tasks of numbers."""
        return self._frame(
            outputs,
            "quantiles",
            lambda task, part: task.quantile_columns(part, mask, levels),
        )

    def predict_survival(self, outputs, times=None):
        """Return a frame with columns (task, time), of the survival tasks."""
        return self._frame(
            outputs,
            "survival functions",
            lambda task, part: task.survival_columns(part, times),
        )

    def _frame(self, outputs, what, predict):
        """Predictions of all tasks side by side."""
        columns = {
            (name, column): values
            for name, part in self.split(outputs).items()
            for column, values in predict(self.tasks_[name], part).items()
        }
        if not columns:
            raise ValueError(f"None of the tasks {list(self.tasks_)} has {what}.")
        frame = pd.DataFrame(columns, index=range(len(outputs)))
        if all(column is None for _, column in columns):
            return frame.set_axis([name for name, _ in columns], axis=1)
        names = [(name, "" if column is None else column) for name, column in columns]
        return frame.set_axis(pd.MultiIndex.from_tuples(names), axis=1)

    def score(self, y, outputs):
        """Mean of the tasks' scores."""
        return float(np.mean([*self.scores(y, outputs).values()]))

    def scores(self, y, outputs):
        """Score each task on the patients who have a label."""
        split, scores = self.split(outputs), {}
        for (task, part), name in zip(self._parts(y), self.tasks_, strict=True):
            rows = np.flatnonzero(task.loss.labelled(task.encode(part)))
            known = part.iloc[rows] if hasattr(part, "iloc") else part[rows]
            scores[name] = task.score(known, split[name][rows])
        return scores

    def _parts(self, y):
        """Each task with what it takes of y."""
        return [
            (task, task.from_columns(columns_of(y, name)))
            for name, task in self.tasks_.items()
        ]

    def _slices(self):
        """Columns of each task in the outputs."""
        stops = np.cumsum([task.loss.n_outputs for task in self.tasks_.values()])
        return [slice(a, b) for a, b in zip([0, *stops[:-1]], stops, strict=True)]

    def _task_weights(self):
        """Weights of the losses, by name of the scheme or one per task."""
        if isinstance(self.weights, str):
            return self.weights
        unknown = sorted(set(self.weights) ^ set(self.tasks_))
        if unknown:
            raise ValueError(
                f"task_weights and y differ in {unknown}. Give a weight to every task "
                "and no other."
            )
        weights = [self.weights[name] for name in self.tasks_]
        if not all(isinstance(w, Real) and 0 <= float(w) < np.inf for w in weights):
            raise ValueError(
                "task_weights must be numbers from 0 on, not NaN or infinite; got "
                f"{dict(self.weights)}."
            )
        return weights


def _predictions(target, outputs):
    """Predictions of a target by column."""
    values = target.predict(outputs).reshape(len(outputs), -1)
    return dict(zip(target.columns, values.T, strict=True))


def columns_of(y: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return the columns of a task, by the last level of their names."""
    columns = y.loc[:, y.columns.get_level_values(0) == name]
    return columns.set_axis([_last(column) for column in columns.columns], axis=1)


def make_targets(given: Mapping[str, Any] | None, y: pd.DataFrame) -> dict[str, Target]:
    """Make an unfitted target for each task, from what the user says or the columns."""
    names = list(dict.fromkeys(y.columns.get_level_values(0)))
    if given is None:
        given = {name: _infer_kind(columns_of(y, name)) for name in names}
    if set(given) != set(names):
        raise ValueError(
            f"tasks names {sorted(given)}, but y has {names}. Name every task of y, or "
            "pass tasks=None."
        )
    return {name: _make_target(name, given[name]) for name in names}


def _make_target(name, given):
    """Make the target of a task from its kind, or from a dict with its parameters."""
    parameters = dict(given) if isinstance(given, Mapping) else {"kind": given}
    kind = parameters.pop("kind", None)
    if kind not in TARGETS:
        raise ValueError(f"Unknown kind of task [{kind!r}]. Choose of {list(TARGETS)}.")
    try:
        return TARGETS[kind](f"Task {name!r}", **parameters)
    except TypeError as error:
        raise ValueError(
            f"Task {name!r}: a {kind} task does not take {sorted(parameters)}."
        ) from error


def _infer_kind(y):
    """Tell the kind of a task from its columns."""
    if survival_pairs(y.columns):
        return "survival"
    if y.shape[1] > 1:
        return "labels"
    values = y.iloc[:, 0].dropna()
    if not pd.api.types.is_float_dtype(values) or np.isin(values, (0.0, 1.0)).all():
        return "classification"
    return "regression"


def _last(column):
    """Name of a column below its task."""
    return column[-1] if isinstance(column, tuple) else column
