"""Probability of each of several competing events over time."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from magnet_sklearn.metrics import cumulative_incidence


def nelson_aalen(time, event, cause, times):
    """Cause-specific cumulative hazard of all patients."""
    steps = [
        ((time == t) & (event == cause)).sum() / (time >= t).sum()
        for t in np.unique(time)
    ]
    at = np.searchsorted(np.unique(time), times, side="right")
    return np.r_[0.0, np.cumsum(steps)][at]


def test_patient_by_patient_and_time_by_time():
    rng = np.random.default_rng(0)
    hazards = np.cumsum(rng.random((3, 5, 7)) * 0.3, axis=2)

    expected = np.zeros_like(hazards)
    for patient in range(5):
        stays, before, reached = 1.0, np.zeros(3), np.zeros(3)
        for t in range(7):
            steps = hazards[:, patient, t] - before
            reached = reached + stays * steps
            expected[:, patient, t] = reached
            stays, before = stays * (1 - steps.sum()), hazards[:, patient, t]

    assert_allclose(cumulative_incidence(hazards), expected)


def test_without_censoring_it_is_the_share_of_patients():
    rng = np.random.default_rng(0)
    time, event = rng.integers(1, 9, 60).astype(float), rng.integers(1, 3, 60)
    times = np.unique(time)
    hazards = [[nelson_aalen(time, event, cause, times)] for cause in (1, 2)]

    shares = [
        [[((time <= t) & (event == cause)).mean() for t in times]] for cause in (1, 2)
    ]

    assert_allclose(cumulative_incidence(hazards), shares, atol=1e-12)


def test_one_cause_is_the_complement_of_the_product_limit():
    hazard = np.array([[[0.1, 0.3, 0.6]]])

    expected = 1 - np.cumprod(1 - np.array([0.1, 0.2, 0.3]))

    assert_allclose(cumulative_incidence(hazard)[0, 0], expected)


def test_hazards_beyond_certainty_share_the_patients_that_are_left():
    incidence = cumulative_incidence([[[0.0, 3.0, 4.0]], [[0.5, 1.5, 9.0]]])

    assert_allclose(incidence[:, 0], [[0, 0.375, 0.375], [0.5, 0.625, 0.625]])


@pytest.mark.parametrize(
    ("hazards", "message"),
    [
        ([[0.1, 0.2]], r"shape \(n_causes, n_patients, n_times\); got \(1, 2\)"),
        ([[[0.2, 0.1]]], "decreasing"),
        ([[[-0.1, 0.1]]], "negative"),
        ([[[np.nan, 0.1]]], "NaN"),
    ],
)
def test_what_is_no_cumulative_hazard_is_refused(hazards, message):
    with pytest.raises(ValueError, match=message):
        cumulative_incidence(hazards)
