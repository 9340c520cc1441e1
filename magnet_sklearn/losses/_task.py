"""What a target asks of a loss."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class Part:
    """One task of a target: its loss and where it stands.

    Parameters
    ----------
    loss : TaskLoss
        Loss of this task alone.
    outputs : slice
        Its columns of the network's outputs.
    columns : slice
        Its columns of the target.
    """

    loss: TaskLoss
    outputs: slice
    columns: slice


class TaskLoss(nn.Module, ABC):
    """Loss of one kind of target; a target is an array with a row a patient.

    Attributes
    ----------
    kind : str
        "classes", "numbers" or "survival": which experts can learn it.
    n_outputs : int
        Outputs of the network.
    n_columns : int
        Columns of the target.
    """

    kind: str
    n_outputs: int
    n_columns: int = 1

    def __init__(self) -> None:  # without the arguments that Module passes on
        super().__init__()

    @abstractmethod
    def forward(self, outputs: Tensor, target: Tensor, weight: Tensor) -> Tensor:
        """Loss that networks are trained on, a weighted mean over patients.

        Parameters
        ----------
        outputs : Tensor of shape (n_patients, n_outputs)
            Outputs of the model.
        target : Tensor of shape (n_patients, n_columns)
            Target.
        weight : Tensor of shape (n_patients,)
            Weights of the patients.

        Returns
        -------
        loss : Tensor of shape ()
            The loss.
        """

    @abstractmethod
    def deviance(self, outputs: Tensor, target: Tensor, weight: Tensor) -> Tensor:
        """Negative log-likelihood in nats, summed over patients.

        Parameters
        ----------
        outputs : Tensor of shape (n_patients, n_outputs)
            Outputs of the model.
        target : Tensor of shape (n_patients, n_columns)
            Target.
        weight : Tensor of shape (n_patients,)
            Weights of the patients.

        Returns
        -------
        deviance : Tensor of shape ()
            The same scale for every kind of target.
        """

    @abstractmethod
    def baseline(self, target: np.ndarray, weight: np.ndarray) -> np.ndarray:
        """Return the outputs for a patient of whom nothing is known.

        Parameters
        ----------
        target : ndarray of shape (n_patients, n_columns)
            Target of the training patients.
        weight : ndarray of shape (n_patients,)
            Their weights.

        Returns
        -------
        outputs : ndarray of shape (n_outputs,)
            The best constant outputs.
        """

    @abstractmethod
    def fold_labels(self, target: np.ndarray) -> np.ndarray:
        """Integers by which folds are stratified.

        Parameters
        ----------
        target : ndarray of shape (n_patients, n_columns)
            Target.

        Returns
        -------
        labels : int ndarray of shape (n_patients,)
            Equal for patients who should be spread evenly over the folds.
        """

    def labelled(self, target):
        """Tell which patients have this target.

        Parameters
        ----------
        target : ndarray or Tensor of shape (n_patients, n_columns)
            Target; NaN where it is not known.

        Returns
        -------
        labelled : bool ndarray or Tensor of shape (n_patients,)
            True = no value is NaN.
        """
        isnan = torch.isnan if isinstance(target, Tensor) else np.isnan
        return ~isnan(target).any(1)

    def parts(self) -> list[Part]:
        """Return the single tasks, each with experts and gates of its own.

        Returns
        -------
        parts : list of Part
            One, unless there are several tasks.
        """
        return [Part(self, slice(0, self.n_outputs), slice(0, self.n_columns))]


def weighted_mean(losses: Tensor, weight: Tensor) -> Tensor:
    """Mean of the patients' losses; 0 if no weight is positive.

    Parameters
    ----------
    losses : Tensor of shape (n_patients,)
        Losses.
    weight : Tensor of shape (n_patients,)
        Weights, at least 0; only ratios count.

    Returns
    -------
    mean : Tensor of shape ()
        The mean.
    """
    weight = weight.to(losses.dtype)
    total = weight.sum()
    return (losses * weight).sum() / total.where(total > 0, 1.0)
