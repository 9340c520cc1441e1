"""Net benefit of acting on predicted probabilities."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from magnet_sklearn.metrics import net_benefit


@pytest.fixture
def cohort():
    rng = np.random.default_rng(0)
    probability = rng.random(200)
    return (rng.random(200) < probability).astype(int), probability


def test_it_counts_true_and_false_positives(cohort):
    y, probability = cohort

    curve = net_benefit(y, probability, [0.1, 0.35, 0.8])

    for t in (0.1, 0.35, 0.8):
        treated = probability >= t
        true, false = np.sum(treated & (y == 1)), np.sum(treated & (y == 0))
        assert_allclose(curve.loc[t, "model"], true / 200 - false / 200 * t / (1 - t))
        prevalence = y.mean()
        expected = prevalence - (1 - prevalence) * t / (1 - t)
        assert_allclose(curve.loc[t, "treat_all"], expected)


def test_treating_nobody_has_no_benefit_and_no_harm(cohort):
    y, probability = cohort

    assert net_benefit(y, probability * 0.5, 0.9)["model"].tolist() == [0.0]


def test_without_censoring_survival_times_give_the_same_curve(cohort):
    y, probability = cohort
    times = pd.DataFrame({"event": 1, "time": np.where(y == 1, 1.0, 5.0)})

    at_horizon = net_benefit(times, probability, horizon=2.0)

    pd.testing.assert_frame_equal(at_horizon, net_benefit(y, probability))


def test_censored_patients_count_as_kaplan_and_meier_say():
    y = pd.DataFrame({"event": [1, 0, 1, 0], "time": [1.0, 2.0, 3.0, 9.0]})

    curve = net_benefit(y, [0.9] * 4, [0.5], horizon=4.0)

    events = 1 - 3 / 4 * 1 / 2
    assert_allclose(curve["model"], events - (1 - events))


def test_nobody_followed_up_to_the_horizon_is_unknown():
    y = pd.DataFrame({"event": [1, 0], "time": [1.0, 2.0]})

    assert net_benefit(y, [0.9, 0.8], [0.5], horizon=4.0)["model"].isna().all()


def test_wrong_input_is_refused(cohort):
    y, probability = cohort
    with pytest.raises(ValueError, match="y must be whether .* got values such as"):
        net_benefit(y + 1, probability)
    with pytest.raises(ValueError, match=r"probability must be 200 numbers in \[0, 1"):
        net_benefit(y, probability + 1)
    with pytest.raises(ValueError, match="probability must be 200 numbers"):
        net_benefit(y, probability[:5])
    with pytest.raises(ValueError, match=r"thresholds must be 1 numbers in \(0, 1\)"):
        net_benefit(y, probability, [1.0])
