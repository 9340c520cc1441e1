"""Several targets at once."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import cast

import numpy as np
import torch
from torch import nn

from magnet_sklearn.losses._task import Part, TaskLoss


class MultiTaskLoss(TaskLoss):
    r"""Weighted sum of the losses of several tasks.

    A patient counts for the tasks that have a label, NaN being none.

    Parameters
    ----------
    losses : list of TaskLoss
        One a task; their columns stand side by side in outputs and target.
    weighting : {"uncertainty", "softmax", "equal"} or list of float
        "uncertainty" learns :math:`s_t` in :math:`\sum_t e^{-s_t} L_t + s_t / 2`
        [1]_. "softmax" learns :math:`w_t` in :math:`T \sum_t \mathrm{softmax}(w)_t
        L_t`, which can put all weight on the easiest task. A list gives the weights.

    References
    ----------
    .. [1] A. Kendall, Y. Gal, R. Cipolla, "Multi-task learning using uncertainty to
       weigh losses for scene geometry and semantics", CVPR 2018, equation 10.

    Examples
    --------
    >>> import torch
    >>> from magnet_sklearn.losses import MultiTaskLoss, NumberLoss
    >>> loss = MultiTaskLoss([NumberLoss(), NumberLoss()], "equal")
    >>> target = torch.tensor([[1.0, torch.nan], [1.0, 2.0]])
    >>> loss(torch.zeros(2, 2), target, torch.ones(2)).item()
    5.0
    """

    kind = "tasks"

    def __init__(self, losses, weighting="uncertainty"):
        super().__init__()
        self.losses = nn.ModuleList(losses)
        self.weighting = weighting
        self.n_outputs = sum(loss.n_outputs for loss in losses)
        self.n_columns = sum(loss.n_columns for loss in losses)
        if weighting in ("uncertainty", "softmax"):
            self.raw_weights = nn.Parameter(torch.zeros(len(losses)))

    def forward(self, outputs, target, weight):
        """Compute the weighted sum over tasks.

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
        losses = torch.stack(
            [
                part.loss(*rows) if len(rows[0]) else outputs.sum() * 0.0
                for part, rows in self._rows(outputs, target, weight)
            ]
        )
        if not self.training or self.weighting == "equal":
            # unweighted: early stopping has to compare like with like
            return losses.sum()
        if self.weighting == "uncertainty":
            scale = self.raw_weights
            return (torch.exp(-scale) * losses + scale / 2).sum()
        if self.weighting == "softmax":
            return len(losses) * (self.raw_weights.softmax(0) * losses).sum()
        return (losses.new_tensor(self.weighting) * losses).sum()

    def deviance(self, outputs, target, weight):
        """Compute the sum over tasks.

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
            In nats.
        """
        return sum(
            part.loss.deviance(*rows)
            for part, rows in self._rows(outputs, target, weight)
            if len(rows[0])
        )

    def baseline(self, target, weight):
        """Put the baselines of the tasks side by side.

        Parameters
        ----------
        target : ndarray of shape (n_patients, n_columns)
            Target; NaN where it is not known.
        weight : ndarray of shape (n_patients,)
            Weights of the patients.

        Returns
        -------
        outputs : ndarray of shape (n_outputs,)
            The best constant outputs.
        """
        parts = []
        for part in self.parts():
            column = target[:, part.columns]
            known = part.loss.labelled(column)
            parts.append(part.loss.baseline(column[known], weight[known]))
        return np.concatenate(parts)

    def fold_labels(self, target):
        """Return the labels of the task that most patients have, -1 for others.

        Parameters
        ----------
        target : ndarray of shape (n_patients, n_columns)
            Target; NaN where it is not known.

        Returns
        -------
        labels : int ndarray of shape (n_patients,)
            One a patient.
        """
        parts = self.parts()
        known = [part.loss.labelled(target[:, part.columns]) for part in parts]
        chosen = int(np.argmax([mask.sum() for mask in known]))
        labels = np.full(len(target), -1)
        column = target[known[chosen]][:, parts[chosen].columns]
        labels[known[chosen]] = parts[chosen].loss.fold_labels(column)
        return labels

    def parts(self):
        """Return the single tasks.

        Returns
        -------
        parts : list of Part
            One a task.
        """
        return [
            Part(
                part.loss,
                _move(part.outputs, own.outputs),
                _move(part.columns, own.columns),
            )
            for own in self._own_parts()
            for part in own.loss.parts()
        ]

    def labelled(self, target):
        """Tell which patients have any task.

        Parameters
        ----------
        target : ndarray of shape (n_patients, n_columns)
            Target; NaN where it is not known.

        Returns
        -------
        labelled : bool ndarray or Tensor of shape (n_patients,)
            True = known.
        """
        known = [part.loss.labelled(target[:, part.columns]) for part in self.parts()]
        return reduce(or_, known)

    def _own_parts(self):
        """Return the tasks, of which one may be several."""
        parts, output, column = [], 0, 0
        for loss in cast("Iterable[TaskLoss]", self.losses):
            outputs = slice(output, output + loss.n_outputs)
            parts.append(Part(loss, outputs, slice(column, column + loss.n_columns)))
            output, column = outputs.stop, column + loss.n_columns
        return parts

    def _rows(self, outputs, target, weight):
        """Yield each task with its outputs, target and weight where labelled."""
        for part in self._own_parts():
            column = target[:, part.columns]
            known = part.loss.labelled(column)
            yield part, (outputs[known][:, part.outputs], column[known], weight[known])


def _move(inner, outer):
    """Columns of a part within the columns of a part."""
    return slice(outer.start + inner.start, outer.start + inner.stop)
