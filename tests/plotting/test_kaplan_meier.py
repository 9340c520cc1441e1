"""Survival curves of groups, and whether they differ."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from magnet_sklearn.data import Survival
from magnet_sklearn.plotting._kaplan_meier import (
    kaplan_meier,
    log_rank_test,
    n_at_risk,
)


def make_survival(n_patients=80, seed=0, entry=False):
    rng = np.random.default_rng(seed)
    time = rng.exponential(5, n_patients).round(1) + 0.1
    event = (rng.random(n_patients) < 0.6).astype(int)
    late = time * rng.random(n_patients) if entry else np.full(n_patients, -np.inf)
    return Survival(event, time, late)


@pytest.mark.parametrize("entry", [False, True])
def test_curve_is_the_product_over_events(entry):
    survival = make_survival(entry=entry)

    curve = kaplan_meier(survival)

    expected = 1.0
    for time, value in zip(curve["time"][1:], curve["survival"][1:], strict=True):
        at_risk = sum((survival.entry < time) & (survival.time >= time))
        expected *= 1 - sum((survival.time == time) & (survival.event > 0)) / at_risk
        assert_allclose(value, expected)
        assert n_at_risk(survival, np.array([time])) == at_risk


def test_limits_are_those_of_the_textbook():
    # remission times under 6-MP; Klein and Moeschberger give S(10) = 0.753 and the
    # log-log interval (0.503, 0.889)
    time = np.array([6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32])
    event = np.array([1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0])
    time, event = np.r_[time, 32, 34, 35], np.r_[event, 0, 0, 0]

    curve = kaplan_meier(Survival(event, time * 1.0, np.full(21, -np.inf)))

    assert_allclose(curve.set_index("time").loc[10], [0.753, 0.503, 0.889], atol=5e-4)


def slow_log_rank(survival, codes):
    """Statistic by sums over event times, one at a time."""
    groups = np.unique(codes)[1:]
    difference, covariance = np.zeros(len(groups)), np.zeros((len(groups),) * 2)
    for time in np.unique(survival.time[survival.event > 0]):
        at_risk = (survival.entry < time) & (survival.time >= time)
        dies = (survival.time == time) & (survival.event > 0)
        n, d = at_risk.sum(), dies.sum()
        share = np.array([(at_risk & (codes == group)).sum() / n for group in groups])
        deaths = np.array([(dies & (codes == group)).sum() for group in groups])
        difference += deaths - d * share
        if n > 1:
            spread = np.diag(share) - np.outer(share, share)
            covariance += d * (n - d) / (n - 1) * spread
    return difference @ np.linalg.solve(covariance, difference)


@pytest.mark.parametrize("entry", [False, True])
@pytest.mark.parametrize("n_groups", [2, 4])
def test_log_rank_statistic_equals_sums_over_events(n_groups, entry):
    survival = make_survival(entry=entry)
    codes = np.random.default_rng(1).integers(0, n_groups, len(survival.time))

    statistic, _ = log_rank_test(survival, codes)

    assert_allclose(statistic, slow_log_rank(survival, codes))


def test_log_rank_p_value_equals_that_of_lifelines():
    survival = make_survival()

    statistic, p_value = log_rank_test(survival, np.arange(80) % 2)

    assert_allclose([statistic, p_value], LIFELINES_TWO, rtol=1e-7)
    statistic, p_value = log_rank_test(survival, np.arange(80) % 3)
    assert_allclose([statistic, p_value], LIFELINES_THREE, rtol=1e-7)


def test_one_group_and_no_events_have_nothing_to_compare():
    survival = make_survival()

    assert np.isnan(log_rank_test(survival, np.zeros(80))).all()
    nobody = survival._replace(event=np.zeros(80, int))
    assert np.isnan(log_rank_test(nobody, np.arange(80) % 2)).all()


# lifelines 0.30.3, multivariate_logrank_test: statistic and p-value
LIFELINES_TWO = [0.23302763647333669, 0.6292879125643405]
LIFELINES_THREE = [0.17442309900298156, 0.9164831935612096]
