"""Kaplan-Meier estimate of the time to censoring."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from magnet_sklearn.data import check_survival
from magnet_sklearn.metrics._censoring import CensoringCurve


def slow_curve(y, time):
    """Product over the times of censoring; who has an event then is not at risk."""
    probability = 1.0
    for now in np.unique(y["time"]):
        if now > time:
            break
        n_events = ((y["time"] == now) & y["event"]).sum()
        n_censored = ((y["time"] == now) & ~y["event"]).sum()
        n_at_risk = (y["time"] >= now).sum() - n_events
        if n_censored:
            probability *= 1 - n_censored / n_at_risk
    return probability


def test_curve_is_a_product_over_the_times_of_censoring(cohort):
    curve = CensoringCurve(check_survival(cohort.y))
    times = np.array([0.5, 3.0, 4.5, 10.0, 12.0, 99.0])

    assert_allclose(curve.at(times), [slow_curve(cohort.y, time) for time in times])


def test_weights_are_inverse_probabilities_of_those_with_an_event(cohort):
    survival = check_survival(cohort.y)
    curve = CensoringCurve(survival)

    weights = curve.weights(survival)

    has_event = cohort.y["event"].to_numpy()
    assert_allclose(weights[has_event], 1 / curve.at(survival.time[has_event]))
    assert (weights[~has_event] == 0).all()


def test_event_without_a_probability_is_an_error():
    y = pd.DataFrame({"event": [True, False], "time": [1.0, 2.0]})
    late = pd.DataFrame({"event": [True], "time": [3.0]})

    with pytest.raises(ValueError, match="every training patient is censored"):
        CensoringCurve(check_survival(y)).weights(check_survival(late))
