"""From outputs of a survival model to risks and curves."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from magnet_sklearn._targets._hazards import BreslowBaseline, DiscreteHazard
from magnet_sklearn.data import Survival


@pytest.fixture
def survival():
    rng = np.random.default_rng(0)
    return Survival(rng.random(30) < 0.6, rng.exponential(size=30), np.zeros(30))


def test_breslow_hazard_equals_a_loop():
    rng = np.random.default_rng(0)
    time, event = rng.integers(1, 9, 30).astype(float), rng.integers(2, size=30)
    entry, risk = time - rng.integers(1, 5, 30), rng.normal(size=30)
    weight = rng.uniform(1, 2, 30)
    survival = Survival(event, time, entry)

    baseline = BreslowBaseline().fit(survival, risk[:, None], weight)

    expected = 0.0
    for t in np.unique(time[event > 0]):
        at_risk = (time >= t) & (entry < t)
        dead = (time == t) & (event > 0)
        expected += weight[dead].sum() / (weight * np.exp(risk))[at_risk].sum()
        assert_allclose(baseline.cumulative_hazard(np.zeros((1, 1)), [t]), expected)


def test_hazard_is_finite_whatever_the_level_of_log_hazards(survival):
    outputs = np.linspace(-1, 1, 30)[:, None]
    times = np.array([0.5, 1.0])

    curves = [
        BreslowBaseline()
        .fit(survival, outputs + level, np.ones(30))
        .cumulative_hazard(outputs + level, times)
        for level in (0, 1000)
    ]

    assert_allclose(curves[1], curves[0])


def test_hazard_is_zero_before_the_first_event_and_stays_after_the_last(survival):
    baseline = BreslowBaseline().fit(survival, np.zeros((30, 1)), np.ones(30))
    first, last = baseline.times_[[0, -1]]

    hazard = baseline.cumulative_hazard(
        np.zeros((1, 1)), np.array([first - 1e-9, last, last + 100])
    )

    assert_allclose(hazard, [[0.0, baseline.hazard_[-1], baseline.hazard_[-1]]])


def test_without_events_the_hazard_is_zero(survival):
    nobody = survival._replace(event=np.zeros(30))

    baseline = BreslowBaseline().fit(nobody, np.zeros((30, 1)), np.ones(30))

    assert_array_equal(baseline.cumulative_hazard(np.zeros((2, 1)), [1.0]), 0)


def test_discrete_survival_at_an_edge_is_the_product_of_its_intervals():
    hazard = np.array([[0.1, 0.5, 0.2], [0.3, 0.3, 0.9]])
    model = DiscreteHazard(np.array([1.0, 2.0, 5.0]))

    cumulative = model.cumulative_hazard(
        np.log(hazard / (1 - hazard)), np.array([0.0, 1.0, 2.0, 5.0, 9.0])
    )

    product = np.cumprod(1 - hazard, axis=1)
    assert_allclose(np.exp(-cumulative)[:, 1:4], product)
    assert_array_equal(cumulative[:, 0], 0)
    assert_array_equal(cumulative[:, 4], cumulative[:, 3])


def test_discrete_hazard_is_constant_within_an_interval():
    model = DiscreteHazard(np.array([1.0, 3.0]))

    hazard = model.cumulative_hazard(np.zeros((1, 2)), np.linspace(1, 3, 5))[0]

    assert_allclose(np.diff(hazard), np.log(2) / 4)


def test_discrete_risk_is_the_log_of_the_hazard_at_the_end():
    outputs = np.random.default_rng(0).normal(size=(5, 3))
    model = DiscreteHazard(np.array([1.0, 2.0, 3.0]))

    at_end = model.cumulative_hazard(outputs, np.array([3.0]))[:, 0]

    assert_allclose(model.risk(outputs), np.log(at_end))
