"""What every kind of target does for an estimator."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from magnet_sklearn._targets._unlabelled import is_unlabelled
from magnet_sklearn.experts import EvidenceKind
from magnet_sklearn.losses import TaskLoss


@dataclass(frozen=True)
class HeldOut:
    """Training patients with outputs of models that have not learned from them.

    Parameters
    ----------
    y : ndarray or DataFrame with n_patients rows
        Their target, as `Target.check` returns it.
    outputs : ndarray of shape (n_patients, n_outputs)
        Out-of-fold outputs.
    mask : bool ndarray of shape (n_patients, n_modalities)
        True = observed.
    weight : ndarray of shape (n_patients,)
        Weights of the patients.
    """

    y: np.ndarray | pd.DataFrame | pd.Series
    outputs: np.ndarray
    mask: np.ndarray
    weight: np.ndarray

    def select(self, y: Any, rows: np.ndarray, outputs: slice) -> HeldOut:
        """Return some patients and outputs, with the target of one task."""
        return HeldOut(
            y, self.outputs[rows, outputs], self.mask[rows], self.weight[rows]
        )


@dataclass(frozen=True)
class OutputScale:
    """From outputs of the model to the numbers that users read, a linear map.

    Parameters
    ----------
    names : list
        Name of each number: a class, label, target, interval or task.
    weights : ndarray of shape (n_outputs, n_names)
        Factors.
    shift : ndarray of shape (n_names,)
        Added to the baseline.
    units : list of str
        Unit of each number.
    """

    names: list[Any]
    weights: np.ndarray
    shift: np.ndarray
    units: list[str]


class Target(ABC):
    """A kind of target: learns its coding from y, turns outputs into predictions.

    Parameters
    ----------
    name : str, default="y"
        What errors call it: "y", or the name of a task.

    Attributes
    ----------
    loss : TaskLoss
        Known after `fit`.
    columns : list
        Names of the columns of a prediction; [None] for a single unnamed one.
    """

    loss: TaskLoss
    without_data = "the average"  # what is predicted about such patients
    unit = "logit"  # of an output
    columns: list[Any]

    def __init__(self, name: str = "y") -> None:
        self.name = name
        self.columns = [None]

    @abstractmethod
    def check(self, y: Any) -> Any:
        """Return y with a row per patient, or say what is wrong with it."""

    def is_unlabelled(self, y: Any, marker: Any) -> np.ndarray:
        """Tell which patients have no label, before `check`."""
        return is_unlabelled(y, marker)

    def from_columns(self, y: pd.DataFrame) -> Any:
        """Return what `fit` and `encode` take, from the columns of a task."""
        return y.iloc[:, 0]

    @abstractmethod
    def fit(self, y: Any, weight: np.ndarray, earlier: Any = None) -> Target:
        """Learn coding and loss.

        Parameters
        ----------
        y : ndarray or DataFrame
            As `check` returns it; rows of NaN are patients without a label.
        weight : ndarray of shape (n_patients,)
            Weights of the patients.
        earlier : Target of the same kind, default=None
            Its coding stays, as networks have learned it.
        """

    @abstractmethod
    def encode(self, y: Any) -> np.ndarray:
        """Return what the loss takes, of shape (n_patients, n_columns)."""

    @abstractmethod
    def evidence(self) -> list[EvidenceKind]:
        """Return what experts learn, for each task of the loss."""

    def sample_weight(self, y: Any, weight: np.ndarray) -> np.ndarray:
        """Return the weights that patients have in the loss."""
        return weight

    def calibrate(self, held_out: HeldOut) -> None:  # noqa: B027 few kinds need it
        """Learn from held-out outputs what predictions need besides."""

    def output_scale(self) -> OutputScale:
        """Return how users read the outputs; by default, as they are."""
        n_outputs = self.loss.n_outputs
        return OutputScale(
            [*range(n_outputs)],
            np.eye(n_outputs),
            np.zeros(n_outputs),
            [self.unit] * n_outputs,
        )

    @abstractmethod
    def predict(self, outputs: np.ndarray) -> Any:
        """Return a prediction per patient, with a column for each of `columns`."""

    def task_names(self) -> list[str]:
        """Name the tasks of the loss, as users know them."""
        return [self.name]

    def predict_proba(self, outputs: np.ndarray) -> Any:
        """Return probabilities by class or label; without classes there are none."""
        return {}

    def quantile_columns(
        self, outputs: np.ndarray, mask: np.ndarray, levels: np.ndarray
    ) -> dict[Any, np.ndarray]:
        """Return quantiles by level; only numbers have them."""
        return {}

    def survival_columns(
        self, outputs: np.ndarray, times: np.ndarray | None
    ) -> dict[Any, np.ndarray]:
        """Return survival probabilities by time; only survival times have them."""
        return {}

    @abstractmethod
    def score(self, y: Any, outputs: np.ndarray) -> float:
        """Score labelled patients; higher is better."""
