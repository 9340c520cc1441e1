"""Observed and expected events, and what is between them."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from scipy.stats import norm

from magnet_sklearn.metrics import calibration_in_the_large


def test_intercept_is_what_was_taken_away():
    rng = np.random.default_rng(0)
    odds = rng.normal(size=20_000)
    y = rng.random(20_000) < expit(odds - 1)

    found = calibration_in_the_large(y, expit(odds))

    assert found["intercept"] == pytest.approx(-1, abs=0.05)
    assert found["slope"] == pytest.approx(1, abs=0.05)
    assert found["ratio"] == pytest.approx(y.mean() / expit(odds).mean())


def test_intervals_hold_what_they_promise():
    covered = []
    for seed in range(100):
        rng = np.random.default_rng(seed)
        p = expit(rng.normal(size=150))
        found = calibration_in_the_large(rng.random(150) < p, p, confidence=0.9)
        covered.append(found["intercept_lower"] < 0 < found["intercept_upper"])

    half = 3 * np.sqrt(0.9 * 0.1 / 100)
    assert np.mean(covered) == pytest.approx(0.9, abs=half)
    width = found["intercept_upper"] - found["intercept"]
    assert width > norm.ppf(0.95) / np.sqrt(150 / 4)


def test_events_of_censored_patients_are_estimated():
    y = pd.DataFrame({"event": [1, 0, 1, 0], "time": [1.0, 1.5, 2.0, 3.0]})

    found = calibration_in_the_large(y, np.full(4, 0.25), horizon=2.5)

    assert found["observed"] == pytest.approx(1 - 0.75 * 0.5)  # Kaplan-Meier
    assert found["ratio"] == pytest.approx(0.625 / 0.25)
    assert np.isnan(found["intercept"])


def test_without_events_there_is_no_intercept():
    found = calibration_in_the_large(np.zeros(10), np.full(10, 0.2))

    assert found["ratio"] == 0
    assert np.isnan(found[["intercept", "slope"]]).all()


def test_wrong_input_is_named():
    with pytest.raises(ValueError, match=r"3 numbers in \[0, 1\]"):
        calibration_in_the_large([0, 1, 1], [0.5, 0.5])
    with pytest.raises(ValueError, match="0 or 1"):
        calibration_in_the_large(["a", "b"], [0.5, 0.5])
