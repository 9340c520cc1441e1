import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from magnet_sklearn.explain._conformal_scores import (
    intervals,
    lower_bounds,
    p_values,
    survival_bounds,
)

FOLD = np.arange(23) % 3


def test_p_value_counts_patients_who_conform_no_better():
    rng = np.random.default_rng(0)
    scores, new = rng.normal(size=23).round(1), rng.normal(size=(3, 4, 2)).round(1)

    p = p_values(scores, FOLD, new)

    for patient, value in np.ndindex(4, 2):
        larger = sum(scores[i] >= new[FOLD[i], patient, value] for i in range(23))
        assert p[patient, value] == (1 + larger) / 24


@pytest.mark.parametrize("alpha", [0.05, 0.1, 0.25, 0.5])
def test_lower_bound_is_the_order_statistic_of_the_jackknife_plus(alpha):
    candidates = np.random.default_rng(1).normal(size=(39, 5))

    bound = lower_bounds(lambda part: candidates[:, part], 5, 39, alpha)

    place = round(alpha * 40)
    assert_array_equal(bound, np.sort(candidates, axis=0)[place - 1])


def test_lower_bound_is_the_worst_where_patients_are_too_few():
    bound = lower_bounds(lambda part: np.zeros((8, 2)), 2, 8, 0.1)

    assert_array_equal(bound, [-np.inf, -np.inf])


def test_interval_widens_quantiles_by_scores_of_their_own_model():
    rng = np.random.default_rng(2)
    own = np.sort(rng.normal(size=(23, 2)), axis=1)
    y, new = rng.normal(size=23), np.sort(rng.normal(size=(3, 4, 2)), axis=2)

    found = intervals(own, y, FOLD, new, 0.25)

    scores = [max(own[i, 0] - y[i], y[i] - own[i, 1]) for i in range(23)]
    for patient in range(4):
        lower = sorted(new[FOLD[i], patient, 0] - scores[i] for i in range(23))
        upper = sorted(new[FOLD[i], patient, 1] + scores[i] for i in range(23))
        assert_allclose(found[patient], [lower[5], upper[-6]])


def test_survival_bound_is_the_first_time_of_the_same_hazard():
    times = np.array([1.0, 2.0, 4.0])
    own = [(times, np.array([[0.1, 0.3, 0.9]] * 3))]
    new = [(times, np.array([[0.2, 0.6, 1.8], [0.05, 0.1, 0.2]]))]

    bound = survival_bounds(own, np.array([0.5, 1.5, 4.0]), np.zeros(3, int), new, 0.5)

    # half of (0, .1, .9) at the place floor(.5 * 4) = 2: hazard .1
    assert_array_equal(bound, [1.0, 2.0])


def test_survival_bound_ends_with_the_follow_up():
    own = [(np.array([1.0]), np.array([[5.0]]))]
    new = [(np.array([1.0]), np.array([[0.1]]))]

    bound = survival_bounds(own, np.array([2.0]), np.zeros(1, int), new, 0.5)

    assert_array_equal(bound, [1.0])
