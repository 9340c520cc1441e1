"""Interface between a target and its loss."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class Task:
    """One task of a target: its loss and where it stands.

    Parameters
    ----------
    loss : TaskLoss
        Loss of this task alone.
    outputs : slice
        Its columns of the outputs.
    columns : slice
        Its columns of the target.

    Examples
    --------
    >>> from magnet_sklearn.losses import ClassLoss, MultiTaskLoss, NumberLoss
    >>> tasks = MultiTaskLoss([NumberLoss(), ClassLoss(3)]).tasks()
    >>> [task.outputs for task in tasks]
    [slice(0, 1, None), slice(1, 4, None)]
    """

    loss: TaskLoss
    outputs: slice
    columns: slice

    def labelled(self, target):
        """Tell which patients have a label of this task.

        Parameters
        ----------
        target : ndarray or Tensor of shape (n_patients, n_all_columns)
            Target of all tasks.

        Returns
        -------
        labelled : bool ndarray or Tensor of shape (n_patients,)
            True = the target is known.
        """
        return self.loss.labelled(target[:, self.columns])


class TaskLoss(nn.Module, ABC):
    """Base class of losses: what networks, gates and experts need of a target.

    A target is an array with a row per patient, where NaN is no label: see `labelled`.
    Other methods are called with labelled patients.

    Attributes
    ----------
    n_outputs : int
        Outputs of the model.
    n_columns : int
        Columns of the target.
    aims_at_quantile : bool
        Whether the output is a quantile of the target, such as the median.

    Examples
    --------
    A loss of counts, whose output is the logarithm of the mean:

    >>> import numpy as np
    >>> import torch
    >>> from magnet_sklearn.losses import TaskLoss
    >>> class PoissonLoss(TaskLoss):
    ...     n_outputs = 1
    ...
    ...     def deviance(self, outputs, target, weight):
    ...         losses = outputs.exp() - target * outputs
    ...         return (weight[:, None] * losses).sum()
    ...
    ...     def baseline(self, target, weight):
    ...         return np.log(np.average(target, axis=0, weights=weight))
    ...
    ...     def fold_labels(self, target):
    ...         return (target[:, 0] > np.median(target)).astype(int)
    >>> PoissonLoss()(torch.zeros(2, 1), torch.ones(2, 1), torch.ones(2)).item()
    1.0
    """

    n_outputs: int
    n_columns: int = 1
    aims_at_quantile: bool = False

    def __init__(self) -> None:  # without the arguments that Module passes on
        super().__init__()

    def forward(self, outputs: Tensor, target: Tensor, weight: Tensor) -> Tensor:
        """Loss that networks are trained on: by default the deviance per weight.

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
        total = weight.sum()
        return self.deviance(outputs, target, weight) / total.where(total > 0, 1.0)

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
            On the same scale for every kind of target.
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
        """Return the integers by which folds are stratified.

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
        """Tell which patients have a label.

        Parameters
        ----------
        target : ndarray or Tensor of shape (n_patients, n_columns)
            Target; NaN is no label.

        Returns
        -------
        labelled : bool ndarray or Tensor of shape (n_patients,)
            True = the target is known.
        """
        isnan = torch.isnan if isinstance(target, Tensor) else np.isnan
        return ~isnan(target).any(1)

    def tasks(self) -> list[Task]:
        """Return the single tasks, each with experts and gates of its own.

        Returns
        -------
        tasks : list of Task
            One, unless the target has several.
        """
        return [Task(self, slice(0, self.n_outputs), slice(0, self.n_columns))]


def weighted_mean(losses: Tensor, weight: Tensor) -> Tensor:
    """Mean of the patients' losses; 0 if no weight is positive."""
    weight = weight.to(losses.dtype)
    total = weight.sum()
    return (losses * weight).sum() / total.where(total > 0, 1.0)
