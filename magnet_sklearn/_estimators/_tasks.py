"""One task of several: from columns of y to a target, and from outputs to answers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy.special import softmax
from sklearn.metrics import accuracy_score, r2_score

from magnet_sklearn._estimators._scaling import TargetScaler
from magnet_sklearn._estimators._targets import encode_survival
from magnet_sklearn.data import check_survival
from magnet_sklearn.data._survival_names import survival_pairs
from magnet_sklearn.experts import TaskLinks
from magnet_sklearn.losses import ClassLoss, CoxLoss, MultiTaskLoss, NumberLoss
from magnet_sklearn.metrics import concordance_index_censored


class ClassTask:
    """A class per patient."""

    def fit(self, y, weight):
        """Learn the classes of y, a frame with one column; NaN is no label."""
        self.classes_ = np.unique(y.iloc[:, 0].dropna())
        if len(self.classes_) < 2:
            raise ValueError(
                f"Task {_name(y)!r} needs at least two classes; y has "
                f"{self.classes_.tolist()}. Leave the task out."
            )
        self.loss = ClassLoss(len(self.classes_))
        return self

    def encode(self, y):
        """Return class codes, NaN without a label."""
        codes = pd.Categorical(y.iloc[:, 0], categories=self.classes_).codes
        unknown = y.iloc[:, 0].notna().to_numpy() & (codes < 0)
        if unknown.any():
            raise ValueError(
                f"Task {_name(y)!r} has classes that `fit` did not see: "
                f"{y.iloc[:, 0][unknown].unique().tolist()[:5]}."
            )
        return np.where(codes < 0, np.nan, codes)[:, None]

    def predict(self, outputs):
        """Return the most probable class, in one unnamed column."""
        return {None: self.classes_[np.argmax(outputs, axis=1)]}

    def predict_proba(self, outputs):
        """Return a column a class."""
        return dict(zip(self.classes_, softmax(outputs, axis=1).T, strict=True))

    def score(self, y, outputs):
        """Accuracy among the labelled."""
        known = y.iloc[:, 0].notna().to_numpy()
        predicted = self.classes_[np.argmax(outputs[known], axis=1)]
        return accuracy_score(
            y.iloc[:, 0][known].astype(self.classes_.dtype), predicted
        )


class LabelsTask:
    """Several labels, each there (1), not there (0) or not known (NaN)."""

    def fit(self, y, weight):
        """Learn the names of the labels, the columns of y."""
        self.labels_ = [column[-1] for column in y.columns]
        values = np.unique(y.to_numpy(dtype=float)[y.notna().to_numpy()])
        if not np.isin(values, (0.0, 1.0)).all():
            raise ValueError(
                f"Task {_name(y)!r} is one of labels, whose values must be 0, 1 or "
                f"NaN; got {values[:5].tolist()}."
            )
        self.loss = MultiTaskLoss([ClassLoss(2) for _ in self.labels_], "equal")
        return self

    def encode(self, y):
        """Return 0, 1 or NaN."""
        return y.to_numpy(dtype=float)

    def predict(self, outputs):
        """Return a column of 0 and 1 for each label."""
        probability = self.predict_proba(outputs)
        return {label: (p > 0.5).astype(int) for label, p in probability.items()}

    def predict_proba(self, outputs):
        """Return the probability of each label."""
        odds = outputs.reshape(len(outputs), -1, 2)
        return dict(zip(self.labels_, softmax(odds, axis=2)[:, :, 1].T, strict=True))

    def score(self, y, outputs):
        """Accuracy over all labels that are known."""
        predicted = np.column_stack(list(self.predict(outputs).values()))
        known = y.notna().to_numpy()
        return accuracy_score(y.to_numpy(dtype=float)[known], predicted[known])


class NumberTask:
    """A number per patient."""

    def fit(self, y, weight):
        """Learn mean and spread of y, a frame with one column; NaN is no label."""
        values = y.to_numpy(dtype=float)
        infinite = np.flatnonzero(np.isinf(values).any(axis=1))
        if len(infinite) or np.isnan(values).all():
            problem = f"is infinite in row(s) {infinite[:5].tolist()}"
            raise ValueError(
                f"Task {_name(y)!r} {problem if len(infinite) else 'has no number'}. "
                "Give numbers, NaN for patients without a label, or leave the task out."
            )
        self.scaler_ = TargetScaler().fit(values, weight)
        self.loss = NumberLoss()
        return self

    def encode(self, y):
        """Standardise."""
        return self.scaler_.transform(y.to_numpy(dtype=float))

    def predict(self, outputs):
        """Return numbers in the units of y, in one unnamed column."""
        return {None: self.scaler_.inverse_transform(outputs)[:, 0]}

    def predict_proba(self, outputs):
        """Nothing: a number has no classes."""
        return {}

    def score(self, y, outputs):
        """R2 among the labelled."""
        known = y.iloc[:, 0].notna().to_numpy()
        predicted = self.predict(outputs)[None]
        return r2_score(y.iloc[:, 0][known].astype(float), predicted[known])


class SurvivalTask:
    """A survival time per patient, in the columns event and time."""

    def fit(self, y, weight):
        """Nothing to learn from y but its loss."""
        self.loss = CoxLoss()
        return self

    def encode(self, y):
        """Return rank of entry and time, event and stratum; NaN without a time."""
        known, survival = self._known(y)
        target = np.full((len(y), 4), np.nan)
        target[known] = encode_survival(survival, 1, np.zeros(known.sum()))
        return target

    def predict(self, outputs):
        """Return the log-hazard, in one unnamed column."""
        return {None: outputs[:, 0]}

    def predict_proba(self, outputs):
        """Nothing: a risk has no classes."""
        return {}

    def score(self, y, outputs):
        """Concordance index among the labelled."""
        known, survival = self._known(y)
        frame = pd.DataFrame({"event": survival.event == 1, "time": survival.time})
        return concordance_index_censored(frame, outputs[known, 0])

    def _known(self, y):
        """Return who has a time, and these patients' times."""
        y = y.set_axis([column[-1] for column in y.columns], axis=1)
        known = y.notna().all(axis=1).to_numpy()
        return known, check_survival(y[known])


TASKS: dict[str, Any] = {
    "classification": ClassTask,
    "labels": LabelsTask,
    "regression": NumberTask,
    "survival": SurvivalTask,
}


def _name(y):
    """Name of the task whose columns these are."""
    return y.columns.get_level_values(0)[0]


def link_tasks(offsets, outputs, target, loss, weight):
    """Learn what the experts of each task tell about the others.

    Parameters
    ----------
    offsets : list of ExpertOffset
        Fitted, one a task.
    outputs : ndarray of shape (n_patients, n_outputs)
        Their out-of-fold outputs side by side.
    target : ndarray of shape (n_patients, n_columns)
        Targets of all tasks.
    loss : MultiTaskLoss
        Knows where each task stands.
    weight : ndarray of shape (n_patients,)
        Weights of the patients.

    Returns
    -------
    links : TaskLinks
        Fitted links.
    """
    baseline = np.concatenate([offset.combination_.baseline_ for offset in offsets])
    return TaskLinks().fit(outputs, target, weight, loss.parts(), baseline)


def columns_of(y, name):
    """Return the columns of a task.

    Parameters
    ----------
    y : DataFrame of shape (n_patients, n_columns)
        All tasks.
    name : str
        Name of the task.

    Returns
    -------
    y : DataFrame of shape (n_patients, n_task_columns)
        Its columns.
    """
    return y.loc[:, y.columns.get_level_values(0) == name]


def choose_kinds(given, y):
    """Tell the kind of each task, from what the user says or from its columns.

    Parameters
    ----------
    given : dict of str to str, or None
        Kinds by name of task; None infers all.
    y : DataFrame of shape (n_patients, n_columns)
        All tasks.

    Returns
    -------
    kinds : dict of str to str
        Keys of `TASKS`, in the order of the columns.

    Raises
    ------
    ValueError
        If a task is not named, does not exist, or has an unknown kind.
    """
    names = list(dict.fromkeys(y.columns.get_level_values(0)))
    if given is None:
        return {name: _infer_kind(columns_of(y, name)) for name in names}
    if set(given) != set(names):
        raise ValueError(
            f"tasks names {sorted(given)}, but y has {names}. Name every task of y, or "
            "pass tasks=None."
        )
    unknown = sorted(set(given.values()) - set(TASKS))
    if unknown:
        raise ValueError(f"Unknown kind of task {unknown}. Choose of {list(TASKS)}.")
    return {name: given[name] for name in names}


def _infer_kind(y):
    """Tell the kind of a task from its columns."""
    names = [
        column[-1] if isinstance(column, tuple) else column for column in y.columns
    ]
    if survival_pairs(names):
        return "survival"
    if len(names) > 1:
        return "labels"
    values = y.iloc[:, 0].dropna()
    if not pd.api.types.is_float_dtype(values) or np.isin(values, (0.0, 1.0)).all():
        return "classification"
    return "regression"
