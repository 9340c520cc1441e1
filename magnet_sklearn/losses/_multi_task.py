"""Several targets at once."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import cast

import numpy as np
import torch
from torch import nn

from magnet_sklearn.losses._task import Task, TaskLoss

# No task weighs more than one learned to this loss: its rest is noise of the patients.
_LEAST_LOSS = 1e-4


class MultiTaskLoss(TaskLoss):
    r"""Weighted sum of the losses of several tasks.

    A patient counts for the tasks of known label. In evaluation mode, which early
    stopping uses, all weights are 1, so that like is compared with like. Folds are
    stratified by the task with most labels.

    Parameters
    ----------
    losses : list of TaskLoss
        One per task; their columns stand side by side in outputs and target.
    weighting : {"uncertainty", "softmax", "equal"} or list of float
        "uncertainty" has :math:`s_t` in :math:`\sum_t e^{-s_t} L_t + s_t / 2` [1]_ at
        its optimum for the losses of each batch, :math:`s_t = \log 2 L_t`, so that a
        task weighs as much as it is precise. "softmax" learns :math:`w_t` in
        :math:`T \sum_t \mathrm{softmax}(w)_t L_t`, which can put all weight on the
        easiest task. A list gives the weights.

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

    raw_weights: torch.Tensor

    def __init__(self, losses, weighting="uncertainty"):
        super().__init__()
        self.losses = nn.ModuleList(losses)
        self.weighting = weighting
        self.n_outputs = sum(loss.n_outputs for loss in losses)
        self.n_columns = sum(loss.n_columns for loss in losses)
        if weighting == "softmax":
            self.raw_weights = nn.Parameter(torch.zeros(len(losses)))
        elif weighting == "uncertainty":
            self.register_buffer("raw_weights", torch.zeros(len(losses)))

    def forward(self, outputs, target, weight):
        losses = torch.stack(
            [
                task.loss(*rows) if len(rows[0]) else outputs.sum() * 0.0
                for task, rows in self._rows(outputs, target, weight)
            ]
        )
        if not self.training or self.weighting == "equal":
            return losses.sum()
        if self.weighting == "uncertainty":
            # learned by gradients, s would move by less than .1 in a whole training
            found = losses.detach()
            best = torch.log(2 * found.clamp(min=_LEAST_LOSS))
            self.raw_weights = torch.where(found > 0, best, self.raw_weights)
            return (torch.exp(-self.raw_weights) * losses + self.raw_weights / 2).sum()
        if self.weighting == "softmax":
            return len(losses) * (self.raw_weights.softmax(0) * losses).sum()
        return (losses.new_tensor(self.weighting) * losses).sum()

    def deviance(self, outputs, target, weight):
        return sum(
            task.loss.deviance(*rows)
            for task, rows in self._rows(outputs, target, weight)
            if len(rows[0])
        )

    def baseline(self, target, weight):
        baselines = []
        for task in self.tasks():
            known = task.labelled(target)
            own = target[:, task.columns][known]
            baselines.append(task.loss.baseline(own, weight[known]))
        return np.concatenate(baselines)

    def fold_labels(self, target):
        task = max(self.tasks(), key=lambda task: task.labelled(target).sum())
        known = task.labelled(target)
        labels = np.full(len(target), -1)
        labels[known] = task.loss.fold_labels(target[known][:, task.columns])
        return labels

    def labelled(self, target):
        return reduce(or_, [task.labelled(target) for task in self.tasks()])

    def tasks(self):
        return [
            Task(
                task.loss,
                _within(own.outputs, task.outputs),
                _within(own.columns, task.columns),
            )
            for own in self._own_tasks()
            for task in own.loss.tasks()
        ]

    def _own_tasks(self):
        """Return the tasks, each of which may itself be several."""
        tasks, output, column = [], 0, 0
        for loss in cast("Iterable[TaskLoss]", self.losses):
            outputs = slice(output, output + loss.n_outputs)
            tasks.append(Task(loss, outputs, slice(column, column + loss.n_columns)))
            output, column = outputs.stop, column + loss.n_columns
        return tasks

    def _rows(self, outputs, target, weight):
        """Yield each task with its outputs, target and weight where labelled."""
        for task in self._own_tasks():
            known = task.labelled(target)
            own = target[:, task.columns][known]
            yield task, (outputs[known][:, task.outputs], own, weight[known])


def _within(outer, inner):
    """Columns `inner` of the columns `outer`."""
    return slice(outer.start + inner.start, outer.start + inner.stop)
