"""Predicted probabilities against what happened."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from sklearn.calibration import calibration_curve
from sklearn.linear_model import LinearRegression, LogisticRegression

from magnet_sklearn.plotting import ReliabilityDisplay


@pytest.fixture
def binary():
    rng = np.random.default_rng(0)
    said = rng.random(200)
    return np.where(rng.random(200) < said**2, "relapse", "none"), said


@pytest.mark.parametrize("strategy", ["uniform", "quantile"])
def test_points_are_those_of_scikit_learn(binary, strategy):
    y, said = binary

    display = ReliabilityDisplay.from_predictions(y, said, strategy=strategy, n_bins=8)

    true, predicted = calibration_curve(
        y == "relapse", said, n_bins=8, strategy=strategy
    )
    line = display.ax_.lines[1]
    assert_allclose(line.get_xdata().astype(float), predicted)
    assert_allclose(line.get_ydata().astype(float), true)
    assert "relapse" in display.axes_[1].get_xlabel()


def test_error_and_histogram_are_as_a_loop_counts_them(binary):
    y, said = binary

    display = ReliabilityDisplay.from_predictions(y, said)

    error, counts = 0.0, []
    for left in np.arange(10) / 10:
        inside = (said > left) & (said <= left + 0.1)
        counts.append(inside.sum())
        gap = (y[inside] == "relapse").mean() - said[inside].mean()
        error += inside.mean() * abs(gap)
    assert_allclose(display.expected_calibration_error_, error)
    assert [bar.get_height() for bar in display.axes_[1].patches] == counts


def test_of_several_classes_the_predicted_one_counts():
    table = pd.DataFrame([[0.7, 0.2, 0.1], [0.1, 0.6, 0.3]], columns=["a", "b", "c"])

    display = ReliabilityDisplay.from_predictions(["a", "c"], table)

    assert display.bins["prob_pred"].tolist() == [0.6, 0.7]
    assert display.bins["prob_true"].tolist() == [0.0, 1.0]


def test_intervals_are_wilsons():
    display = ReliabilityDisplay.from_predictions([0, 1, 1, 1], [0.95] * 4)

    (segment,) = display.ax_.collections[0].get_segments()
    # Wilson's limits solve (p - share)^2 = z^2 p (1 - p) / n
    for limit in segment[:, 1]:
        assert_allclose(4 * (limit - 0.75) ** 2, 1.959964**2 * limit * (1 - limit))


def test_classifier_says_its_probabilities(binary):
    y, said = binary
    model = LogisticRegression().fit(said[:, None], y)

    display = ReliabilityDisplay.from_estimator(model, said[:, None], y)

    expected = ReliabilityDisplay.from_predictions(
        y, model.predict_proba(said[:, None])[:, 1]
    )
    pd.testing.assert_frame_equal(display.bins, expected.bins)


def test_what_is_no_classifier_is_refused():
    with pytest.raises(TypeError, match="LinearRegression has no predict_proba"):
        ReliabilityDisplay.from_estimator(LinearRegression(), [[0.0]], [0])


@pytest.mark.parametrize(
    ("y", "probability", "message"),
    [
        ([0, 1], [0.1], "y_prob has 1 rows"),
        ([0, 1, 2], [0.1, 0.2, 0.3], "1 columns, y_true 3 classes"),
        ([0, 1], [0.1, 1.2], "not within 0 and 1"),
        ([0, 1], [0.1, np.nan], "not within 0 and 1"),
        (["a", "z"], pd.DataFrame({"a": [0.5, 1], "b": [0.5, 0]}), "'z', for which"),
    ],
)
def test_wrong_probabilities_are_refused(y, probability, message):
    with pytest.raises(ValueError, match=message):
        ReliabilityDisplay.from_predictions(y, probability)
