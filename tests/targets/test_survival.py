"""Survival times as a target."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from magnet_sklearn._targets import HeldOut, SurvivalTarget

RNG = np.random.default_rng(0)
Y = pd.DataFrame({"event": RNG.random(60) < 0.6, "time": RNG.exponential(5, 60)})


def fitted(**parameters):
    target = SurvivalTarget(**parameters)
    return target.fit(target.check(Y), np.ones(60))


def test_times_become_ranks():
    target = fitted()

    encoded = target.encode(target.check(Y))

    assert_array_equal(np.argsort(encoded[:, 1]), np.argsort(Y["time"]))
    assert_array_equal(encoded[:, 2], Y["event"])


def test_events_of_other_causes_are_censored():
    causes = Y.assign(event=np.where(Y["event"], 1 + np.arange(60) % 2, 0))
    target = SurvivalTarget(cause=2)
    checked = target.check(causes)

    encoded = target.fit(checked, np.ones(60)).encode(checked)

    assert_array_equal(encoded[:, 2], causes["event"] == 2)


def test_unlabelled_patients_stay_nan():
    holes = Y.astype(float)
    holes.loc[:5, "time"] = np.nan
    target = SurvivalTarget()
    columns = target.from_columns(holes)

    encoded = target.fit(columns, np.ones(60)).encode(columns)

    assert np.isnan(encoded[:6]).all()
    assert np.isfinite(encoded[6:, 1:]).all()


def test_new_patients_fall_into_the_intervals_of_fit():
    target = fitted(model="discrete")
    edges = target.baseline_.edges
    new = pd.DataFrame({"event": True, "time": [0.0, edges[0] * 1.001, 1e9]})

    encoded = target.encode(target.check(new))

    interval = np.searchsorted(target.loss.edges.numpy(), encoded[:, 1])
    assert_array_equal(interval, [0, 1, target.loss.n_outputs - 1])


@pytest.mark.parametrize("model", ["cox", "discrete"])
def test_survival_columns_fall_from_one(model):
    target = fitted(model=model)
    outputs = np.zeros((60, target.loss.n_outputs))
    mask = np.ones((60, 1), bool)
    target.calibrate(HeldOut(target.check(Y), outputs, mask, np.ones(60)))

    curve = target.survival_columns(outputs[:2], np.array([0.0, 2.0, 9.0]))

    values = np.column_stack(list(curve.values()))
    assert_allclose(values[:, 0], 1)
    assert (np.diff(values) < 0).all()


def test_strata_are_kept_beside_the_times():
    strata = np.repeat(["a", "b"], 30)

    assert_array_equal(SurvivalTarget().check(Y, strata)[:, 3], np.repeat([0, 1], 30))


def test_no_event_is_named():
    target = SurvivalTarget("Task 'os'")

    with pytest.raises(ValueError, match="Task 'os' has no event of cause 1"):
        target.fit(target.check(Y.assign(event=False)), np.ones(60))
