"""Survival times as numbers that trees can learn."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from magnet_sklearn.experts._residuals import cumulative_baseline, hazard_scale
from magnet_sklearn.experts._ridge_cox import RiskSets


def survival(n=80, seed=0):
    rng = np.random.default_rng(seed)
    time = rng.integers(2, 20, n).astype(float)  # with ties
    entry = np.floor(time * rng.uniform(0, 0.8, n))
    return np.column_stack([entry, time, rng.random(n) < 0.6, rng.integers(0, 2, n)])


def test_baseline_is_the_nelson_aalen_estimate_of_each_stratum():
    y = survival()
    weight = np.random.default_rng(1).integers(1, 4, len(y)).astype(float)
    entry, time, event, stratum = y.T

    expected = np.zeros(len(y))
    for i in range(len(y)):
        same = stratum == stratum[i]
        for t in np.unique(time[same & (event > 0)]):
            if entry[i] < t <= time[i]:
                died = same & (event > 0) & (time == t)
                at_risk = same & (entry < t) & (t <= time)
                expected[i] += weight[died].sum() / weight[at_risk].sum()

    assert_allclose(cumulative_baseline(y, weight), expected)


def test_martingale_residuals_sum_to_0():
    y = survival()

    assert_allclose(np.sum(y[:, 2] - cumulative_baseline(y, np.ones(80))), 0, atol=1e-9)


def test_scale_is_the_coefficient_of_a_cox_regression():
    y, weight = survival(), np.ones(80)
    score = 5 * (y[:, 2] - cumulative_baseline(y, weight)) + np.arange(80) % 7

    scale = hazard_scale(score, y, weight)

    gradient, _ = RiskSets(y, weight).derivatives(scale * score)
    assert scale > 0
    assert_allclose(gradient @ score / 80, 0, atol=1e-3)


@pytest.mark.parametrize("score", [np.zeros(80), -np.arange(80.0)])
def test_scores_that_tell_nothing_or_the_contrary_get_no_scale(score):
    y = survival()
    y[:, 0], y[:, 1], y[:, 3] = 0, 80 - np.arange(80.0), 0  # the last dies first

    assert_allclose(hazard_scale(score, y, np.ones(80)) * 80, 0, atol=1e-2)
