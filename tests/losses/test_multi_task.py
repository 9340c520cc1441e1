"""Losses of several tasks."""

import numpy as np
import torch
from numpy.testing import assert_allclose
from scipy.optimize import minimize

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


def test_uncertainty_weights_are_at_the_optimum_of_their_equation():
    loss = MultiTaskLoss([NumberLoss(), NumberLoss()])
    outputs, target = torch.ones(4, 2), torch.tensor([[0.0, 3.0]] * 4)
    outputs.requires_grad_()

    total = loss(outputs, target, torch.ones(4))

    def objective(scale):  # Kendall et al., equation 10, at the losses 1 and 4
        return np.sum(np.exp(-scale) * [1.0, 4.0] + scale / 2)

    best = minimize(objective, np.zeros(2))
    assert_allclose(loss.raw_weights, best.x, atol=1e-4)
    assert_allclose(total.item(), best.fun, rtol=1e-6)
    total.backward()
    # in units of each task's own loss the gradients are alike: 2 r / (2 L) / n
    assert_allclose(outputs.grad[0], [0.25, -0.125], rtol=1e-6)


def test_a_task_without_labels_keeps_its_uncertainty_weight():
    loss = MultiTaskLoss([NumberLoss(), NumberLoss()])
    target = torch.tensor([[0.0, torch.nan]] * 4)

    loss(torch.ones(4, 2), target, torch.ones(4))

    assert_allclose(loss.raw_weights, [np.log(2.0), 0.0])


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
