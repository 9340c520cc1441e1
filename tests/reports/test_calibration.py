"""Calibration and decision curves."""

import numpy as np
import pandas as pd
from numpy.testing import assert_allclose

from magnet_sklearn.metrics import net_benefit
from magnet_sklearn.reports._calibration import (
    class_calibration,
    levels,
    number_calibration,
    survival_calibration,
)

RNG = np.random.default_rng(0)


def test_right_probabilities_lie_on_the_diagonal():
    p = RNG.random(4000)
    truth = (RNG.random(4000) < p).astype(int)

    (curve,), _ = class_calibration(["no", "yes"], truth, np.column_stack([1 - p, p]))

    assert curve["of"] == "yes"
    assert len(curve["points"]) == 10
    for point in curve["points"]:
        assert_allclose(point["predicted"], point["observed"], atol=0.06)
        assert point["lower"] < point["observed"] < point["upper"]
    assert_allclose([curve["slope"], curve["intercept"]], [1, 0], atol=0.15)


def test_probabilities_that_are_too_extreme_have_a_slope_below_one():
    odds = RNG.normal(size=2000)
    truth = (RNG.random(2000) < 1 / (1 + np.exp(-odds))).astype(int)
    p = 1 / (1 + np.exp(-3 * odds))

    (curve,), _ = class_calibration(["no", "yes"], truth, np.column_stack([1 - p, p]))

    assert_allclose(curve["slope"], 1 / 3, atol=0.05)


def test_decision_curve_is_the_net_benefit_of_each_class():
    p = RNG.dirichlet([1, 1, 1], 50)
    truth = RNG.integers(3, size=50)

    _, curves = class_calibration(["a", "b", "c"], truth, p)

    expected = net_benefit(truth == 2, p[:, 2])
    assert [curve["of"] for curve in curves] == ["a", "b", "c"]
    assert_allclose(curves[2]["model"], expected["model"])


def test_a_class_that_nobody_has_is_no_error():
    (curve,), _ = class_calibration(["no", "yes"], np.zeros(5), np.full((5, 2), 0.5))

    assert curve["points"][0]["observed"] == 0
    assert curve["slope"] is None


def test_quantiles_are_compared_with_the_share_below():
    truth = np.arange(1.0, 101.0)
    quantiles = np.tile(100 * np.array(levels()), (100, 1))

    curve = number_calibration(truth, quantiles)

    for point in curve["points"]:
        assert_allclose(point["observed"], point["predicted"])


def test_events_up_to_a_horizon_are_those_of_kaplan_and_meier():
    time = RNG.exponential(size=2000)
    truth = np.column_stack([np.ones(2000), time, np.full(2000, -np.inf)])
    p = np.full(2000, 1 - np.exp(-1.0))

    curve, decision = survival_calibration("1 year", truth, p, 1.0)

    observed = [point["observed"] * point["n_patients"] for point in curve["points"]]
    assert_allclose(sum(observed) / 2000, (time <= 1).mean())
    y = pd.DataFrame({"event": 1, "time": time})
    assert_allclose(decision["model"], net_benefit(y, p, horizon=1.0)["model"])


def test_patients_who_entered_late_count_from_then_on():
    rng = np.random.default_rng(0)
    time, entry = rng.exponential(1.0, 8000), rng.uniform(0, 1.5, 8000)
    seen = entry < time
    known = np.column_stack([np.ones(seen.sum()), time[seen], entry[seen]])
    p = np.full(len(known), 1 - np.exp(-1.0))

    curve, decision = survival_calibration("1 year", known, p, 1.0)

    observed = [point["observed"] for point in curve["points"]]
    assert_allclose(np.mean(observed), p[0], atol=0.05)
    assert_allclose(decision["treat_all"].iloc[0], p[0], atol=0.05)
    # as if all had been there from the start: those who died early are missed
    known[:, 2] = -np.inf
    curve, _ = survival_calibration("1 year", known, p, 1.0)
    assert np.mean([point["observed"] for point in curve["points"]]) < p[0] - 0.1
