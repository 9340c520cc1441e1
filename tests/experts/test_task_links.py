"""Links between tasks."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from magnet_sklearn.experts import TaskLinks
from magnet_sklearn.losses import ClassLoss, CoxLoss, MultiTaskLoss, NumberLoss

RNG = np.random.default_rng(0)
N_PATIENTS = 300


def two_numbers(shared):
    """Targets, and noisy outputs of two tasks with the same signal or not."""
    signal = RNG.normal(size=(N_PATIENTS, 2))
    if shared:
        signal[:, 1] = signal[:, 0]
    target = signal + RNG.normal(size=signal.shape)
    return target, signal + RNG.normal(size=signal.shape)


def fit(target, outputs, loss=None, baseline=None):
    loss = loss or MultiTaskLoss([NumberLoss(), NumberLoss()])
    baseline = np.zeros(outputs.shape[1]) if baseline is None else baseline
    weight = np.ones(len(target))
    return TaskLinks().fit(outputs, target, weight, loss.tasks(), baseline)


def test_shared_signal_lowers_the_error():
    target, outputs = two_numbers(shared=True)
    train, test = np.arange(150), np.arange(150, N_PATIENTS)

    linked = fit(target[train], outputs[train]).apply(outputs[test])

    before = np.square(outputs[test] - target[test]).mean()
    assert np.square(linked - target[test]).mean() < 0.9 * before


def test_tasks_without_shared_signal_are_left_alone():
    target, outputs = two_numbers(shared=False)

    weights = fit(target, outputs).weights_

    assert np.abs(weights - np.diag(np.diag(weights))).max() < 0.15


def test_a_strong_penalty_leaves_outputs_as_they_are():
    target, outputs = two_numbers(shared=True)
    tasks = MultiTaskLoss([NumberLoss(), NumberLoss()]).tasks()
    links = TaskLinks(strength=1e9)

    links.fit(outputs, target, np.ones(N_PATIENTS), tasks, np.zeros(2))

    assert_allclose(links.apply(outputs), outputs, atol=1e-4)


def test_patient_without_evidence_gets_the_baseline():
    target, outputs = two_numbers(shared=True)
    baseline = np.array([0.3, -0.2])

    links = fit(target, outputs, baseline=baseline)

    assert_allclose(links.apply(baseline[None]), baseline[None])


def test_patients_without_a_label_do_not_move_its_links():
    target, outputs = two_numbers(shared=True)
    target[::2, 0] = np.nan
    other = outputs.copy()
    other[::2, 0] += 100.0  # changes the spread of the task's own outputs alone

    first, second = fit(target, outputs), fit(target, other)

    assert_allclose(first.weights_[:, 0], second.weights_[:, 0], atol=1e-6)


@pytest.mark.parametrize("first", [ClassLoss(3), CoxLoss()])
def test_any_two_kinds_of_task_are_linked(first):
    loss = MultiTaskLoss([first, NumberLoss()])
    signal = RNG.normal(size=N_PATIENTS)
    own = np.zeros((N_PATIENTS, first.n_outputs))
    if isinstance(first, CoxLoss):
        time = RNG.exponential(np.exp(-2 * signal))
        target = np.column_stack([0 * time, time, 1 + 0 * time, 0 * time])
    else:
        target = np.digitize(signal, [-0.5, 0.5])[:, None].astype(float)
    outputs = np.column_stack([own, signal])
    target = np.column_stack([target, signal + RNG.normal(size=N_PATIENTS)])

    links = fit(target, outputs, loss)

    linked = links.apply(outputs)[:, first.n_outputs - 1]
    assert np.corrcoef(linked, signal)[0, 1] > 0.9
