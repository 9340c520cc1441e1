"""Probability of no event up to one time."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.stats import CensoredData, ecdf

from magnet_sklearn.data import check_survival
from magnet_sklearn.metrics import kaplan_meier


def test_estimate_and_interval_equal_scipys(cohort):
    survival = check_survival(cohort.y)
    event = survival.event > 0
    data = CensoredData(survival.time[event], right=survival.time[~event])
    curve = ecdf(data).sf
    interval = curve.confidence_interval(method="log-log")

    for horizon in (2.5, 4.0, 7.5):
        expected = [c.evaluate(horizon) for c in (curve, interval.low, interval.high)]
        assert_allclose(kaplan_meier(survival, horizon), expected)


def test_patients_who_have_not_entered_are_not_at_risk(cohort):
    entry = np.where(np.arange(len(cohort.y)) < 4, 2.5, 0.0)
    late = check_survival(cohort.y.assign(entry=entry))

    # events at 1 and two at 2, of 12 and 11 patients; then nothing until 2.9
    assert_allclose(kaplan_meier(late, 2.9)[0], 11 / 12 * 9 / 11)


@pytest.mark.parametrize("horizon", [0.5, 99.0])
def test_where_nothing_is_known_the_interval_is_everything(cohort, horizon):
    estimate, lower, upper = kaplan_meier(check_survival(cohort.y), horizon)

    assert (lower, upper) == (0.0, 1.0)
    assert estimate == 1.0 if horizon < 1 else np.isnan(estimate)
