"""Gates open for what helps and close for what does not."""

import numpy as np
import torch
from numpy.testing import assert_allclose
from scipy.optimize import approx_fprime, minimize
from scipy.special import log_softmax

from magnet_sklearn import MultiModalData
from magnet_sklearn._training._cohort import Cohort
from magnet_sklearn._training._gates import (
    fit_gates,
    held_out_deviance,
    held_out_gain,
    held_out_scores,
)
from magnet_sklearn.losses import ClassLoss


def make_problem(n_patients=400, seed=0):
    rng = np.random.default_rng(seed)
    y = rng.integers(2, size=n_patients)
    sign = np.stack([-(2.0 * y - 1), 2.0 * y - 1], axis=1)
    helpful = 0.5 * sign + rng.normal(size=(n_patients, 2))
    noise = rng.normal(size=(n_patients, 2))
    return np.zeros((n_patients, 2)), np.stack([helpful, noise], axis=1), y


def fit(offset, branches, y, weight):
    offset, branches, y, weight = map(
        torch.tensor, (offset, branches, y[:, None], weight)
    )

    def deviance(gates):
        outputs = offset + torch.einsum("nbc,b->nc", branches, gates)
        return ClassLoss(2).deviance(outputs, y, weight)

    return fit_gates(deviance, branches.shape[1])


def test_helpful_branch_opens_and_noise_closes():
    offset, branches, y = make_problem()

    gates = fit(offset, branches, y, np.ones(len(y)))

    assert gates[0] > 0.3
    assert gates[1] < 0.1


def test_gates_equal_a_slow_search():
    offset, branches, y = make_problem(100)
    weight = np.random.default_rng(1).uniform(0.5, 2.0, size=100)

    def slow(gates):
        logits = offset + gates[0] * branches[:, 0] + gates[1] * branches[:, 1]
        loss = -log_softmax(logits, axis=1)[np.arange(100), y]
        return (weight * loss).sum() + 1.92 * np.sum(gates)

    expected = minimize(
        slow, [0.5, 0.5], method="Nelder-Mead", bounds=[(0, 1.5)] * 2, tol=1e-9
    ).x

    assert_allclose(fit(offset, branches, y, weight), expected, atol=1e-3)


def test_branch_that_misleads_is_closed_entirely():
    offset, branches, y = make_problem()

    assert fit(offset, -branches[:, :1], y, np.ones(len(y))).tolist() == [0.0]


def test_scores_are_the_slopes_of_the_deviance_at_closed_gates():
    offset, branches, y = make_problem(30)
    task = ClassLoss(2).tasks()[0]
    cohort = Cohort(None, offset, y[:, None].astype(float), np.ones(30))

    def deviance(gates):
        gates = torch.tensor(gates, dtype=torch.float64)
        return held_out_deviance(task, [cohort], [branches], gates).item()

    (scores,) = held_out_scores(task, [cohort], [branches])

    assert scores.shape == (30, 2)
    slopes = approx_fprime(np.zeros(2), deviance)
    assert_allclose(scores.sum(axis=0), -slopes, atol=1e-4)


def test_gain_beside_another_branch_is_what_closing_this_one_loses():
    offset, branches, y = make_problem()
    X = MultiModalData({"rna": np.zeros((len(y), 1))})
    cohort = Cohort(X, offset, y[:, None].astype(float), np.ones(len(y)))
    folds = [cohort[:150], cohort[150:]], [branches[:150], branches[150:]]
    loss, gates = ClassLoss(2), np.array([[0.3], [0.8]])

    gain = held_out_gain(loss, *folds, gates, n_before=1)[0]

    def log_likelihood(rows, second):
        logits = offset + 0.3 * branches[:, 0] + second * branches[:, 1]
        return log_softmax(logits, axis=1)[np.arange(len(y)), y][rows].sum()

    halves = slice(150), slice(150, None)
    added = [log_likelihood(h, 0.8) - log_likelihood(h, 0.0) for h in halves]
    assert_allclose(gain[0], sum(added))
    assert_allclose(gain[1], np.std(added, ddof=1) * np.sqrt(2))
