"""Observed survival of groups of patients."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from magnet_sklearn.data import check_survival
from magnet_sklearn.plotting import SurvivalCurvesDisplay
from magnet_sklearn.plotting._kaplan_meier import kaplan_meier, log_rank_test


@pytest.fixture
def cohort():
    rng = np.random.default_rng(0)
    risk = rng.normal(size=90)
    time = rng.exponential(np.exp(-risk))
    return pd.DataFrame({"event": rng.random(90) < 0.7, "time": time}), risk


def test_curves_are_those_of_thirds_by_risk(cohort):
    y, risk = cohort
    third = np.argsort(np.argsort(risk)) // 30

    display = SurvivalCurvesDisplay.from_predictions(y, risk)

    names = ["low risk", "middle risk", "high risk"]
    assert list(display.curves_) == names
    for code, name in enumerate(names):
        expected = kaplan_meier(check_survival(y[third == code]))
        pd.testing.assert_frame_equal(display.curves_[name], expected)
        line = next(line for line in display.ax_.lines if line.get_label() == name)
        assert_allclose(line.get_ydata()[:-1], expected["survival"])
    expected = log_rank_test(check_survival(y), third)
    assert_allclose([display.statistic_, display.p_value_], expected)


def test_numbers_below_are_those_at_risk(cohort, texts):
    y, risk = cohort

    display = SurvivalCurvesDisplay.from_predictions(y, risk, n_groups=2)

    written = display.axes_[1].texts
    upper_half = risk > np.median(risk)
    for text in written:
        time, row = text.get_position()
        count = ((y["time"] >= time) & (upper_half == row)).sum()
        assert text.get_text() == str(count)
    assert texts(display.axes_[1].yaxis) == ["number at risk", "low risk", "high risk"]


def test_groups_keep_their_order_and_patients_without_one_are_left_out(cohort):
    y, _ = cohort
    arms = pd.Categorical(["b", "a", None] * 30, categories=["b", "a"])

    display = SurvivalCurvesDisplay.from_groups(y, arms, time_unit="years")

    assert list(display.curves_) == ["b", "a"]
    assert display.axes_[1].get_xlabel() == "time (years)"
    assert [text.get_text() for text in display.axes_[1].texts[:1]] == ["30"]


def test_names_of_groups_do_not_touch_the_numbers(cohort, check_layout):
    y, risk = cohort

    display = SurvivalCurvesDisplay.from_predictions(y, risk)

    below = display.axes_[1]
    check_layout(display.figure_, below.yaxis)
    right = max(label.get_window_extent().x1 for label in below.get_yticklabels())
    assert all(text.get_window_extent().x0 > right for text in below.texts)


def test_curves_stand_in_the_axes_given(cohort):
    _, ax = plt.subplots()

    display = SurvivalCurvesDisplay.from_predictions(*cohort, ax=ax)

    assert display.bounding_ax_ is ax
    assert plt.get_fignums() == [ax.figure.number]


@pytest.mark.parametrize(
    ("risk", "message"),
    [
        (np.zeros((90, 2)), r"array of shape \(90, 2\).*column of one"),
        (np.full(90, np.nan), "one finite number"),
        (np.zeros(90), "All risks are equal"),
        (np.arange(5.0), "5 groups of 90 patients"),
    ],
)
def test_wrong_risks_are_refused(cohort, risk, message):
    with pytest.raises(ValueError, match=message):
        SurvivalCurvesDisplay.from_predictions(cohort[0], risk)
