"""Losses of several tasks."""

import numpy as np
import torch
from numpy.testing import assert_allclose

from magnet_sklearn.losses import ClassLoss, CoxLoss, MultiTaskLoss, NumberLoss


def test_unlabelled_patients_change_nothing():
    loss = MultiTaskLoss([NumberLoss(), ClassLoss(2)])
    target = torch.tensor([[1.0, 0.0], [torch.nan, 1.0], [2.0, torch.nan]])
    outputs, weight = torch.randn(3, 3, requires_grad=True), torch.ones(3)

    total = loss.eval()(outputs, target, weight)
    total.backward()

    numbers = NumberLoss()(outputs[[0, 2], :1], target[[0, 2], :1], weight[:2])
    classes = ClassLoss(2)(outputs[:2, 1:], target[:2, 1:], weight[:2])
    assert_allclose(total.item(), (numbers + classes).item(), rtol=1e-6)
    assert outputs.grad[1, 0] == 0
    assert_allclose(outputs.grad[2, 1:], 0)


def test_uncertainty_weights_follow_their_equation():
    loss = MultiTaskLoss([NumberLoss(), NumberLoss()])
    with torch.no_grad():
        loss.raw_weights.copy_(torch.tensor([0.3, -0.2]))
    outputs, target = torch.ones(4, 2), torch.tensor([[0.0, 3.0]] * 4)

    expected = np.exp(-0.3) * 1 + 0.15 + np.exp(0.2) * 4 - 0.1
    assert_allclose(loss(outputs, target, torch.ones(4)).item(), expected, rtol=1e-6)


def test_labels_inside_tasks_stand_where_they_are():
    labels = MultiTaskLoss([ClassLoss(2), ClassLoss(2)], "equal")
    tasks = MultiTaskLoss([CoxLoss(), labels]).tasks()

    assert [task.outputs for task in tasks] == [slice(0, 1), slice(1, 3), slice(3, 5)]
    assert [task.columns for task in tasks] == [slice(0, 4), slice(4, 5), slice(5, 6)]


def test_baselines_stand_side_by_side_and_come_from_labelled_patients():
    loss = MultiTaskLoss([NumberLoss(), ClassLoss(2)])
    target = np.array([[1.0, 0.0], [np.nan, 1.0], [3.0, np.nan]])

    baseline = loss.baseline(target, np.ones(3))

    assert_allclose(baseline, [2.0, np.log(0.5), np.log(0.5)])


def test_folds_are_stratified_by_the_task_with_most_labels():
    loss = MultiTaskLoss([ClassLoss(2), ClassLoss(3)])
    target = np.array([[0, 2], [np.nan, 1], [np.nan, 0], [1, np.nan]])

    assert loss.fold_labels(target).tolist() == [2, 1, 0, -1]


def test_patient_with_any_task_is_labelled():
    loss = MultiTaskLoss([NumberLoss(), CoxLoss()])
    target = torch.full((3, 5), torch.nan)
    target[0, 0], target[1, 2] = 1.0, 3.0

    assert loss.labelled(target).tolist() == [True, True, False]
