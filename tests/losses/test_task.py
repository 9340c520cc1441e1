"""Interface between a target and its loss."""

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose

from magnet_sklearn.losses import ClassLoss, NumberLoss, Task, TaskLoss
from magnet_sklearn.losses._task import weighted_mean


def test_a_loss_without_its_parts_cannot_be_made():
    class NoDeviance(TaskLoss):
        def forward(self, outputs, target, weight):
            return outputs.sum()

    with pytest.raises(TypeError, match="baseline.*deviance.*fold_labels"):
        NoDeviance()


def test_single_loss_is_one_task_of_all_columns():
    loss = ClassLoss(3)

    assert loss.tasks() == [Task(loss, slice(0, 3), slice(0, 1))]


@pytest.mark.parametrize("array", [np.array, torch.tensor])
def test_nan_in_the_columns_of_a_task_is_no_label(array):
    target = array([[1.0, np.nan], [np.nan, 2.0]])
    task = Task(NumberLoss(), slice(1, 2), slice(1, 2))

    assert task.labelled(target).tolist() == [False, True]


def test_weighted_mean_is_that_of_numpy_and_0_without_weight():
    losses, weight = torch.tensor([1.0, 4.0]), torch.tensor([3.0, 1.0])

    expected = np.average(losses, weights=weight)

    assert_allclose(weighted_mean(losses, weight), expected)
    assert weighted_mean(losses, 0 * weight) == 0
