"""Probability of no event up to one time."""

import numpy as np
import pandas as pd
from numpy.testing import assert_allclose
from scipy.stats import CensoredData, binomtest, ecdf

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


def test_where_nobody_is_followed_up_the_interval_is_everything(cohort):
    estimate, lower, upper = kaplan_meier(check_survival(cohort.y), 99.0)

    assert np.isnan(estimate)
    assert (lower, upper) == (0.0, 1.0)


def test_without_censoring_all_or_no_events_have_the_exact_binomial_interval():
    y = pd.DataFrame({"event": [1] * 8, "time": np.arange(2.0, 10.0)})
    for horizon, n_alive in ((1.0, 8), (9.0, 0)):
        exact = binomtest(n_alive, 8).proportion_ci(method="exact")

        found = kaplan_meier(check_survival(y), horizon)

        assert_allclose(found, [n_alive / 8, exact.low, exact.high])
