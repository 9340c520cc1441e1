"""Numbers in units of their spread."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from magnet_sklearn._targets._scaling import TargetScaler

Y = np.random.default_rng(0).normal(3, 2, size=(50, 2))
WEIGHT = np.random.default_rng(1).uniform(0.5, 2, size=50)


def standardised(y, weight=WEIGHT):
    return TargetScaler().fit(y, weight).transform(y)


@pytest.mark.parametrize("unit", [1e200, 1e-200, 1e-3, -1.0])
def test_unit_changes_the_sign_at_most(unit):
    assert_allclose(standardised(unit * Y), np.sign(unit) * standardised(Y), rtol=1e-9)


@pytest.mark.parametrize("unit", [1e200, 1.0, 1e-200])
def test_inverse_goes_back_to_the_units_of_y(unit):
    scaler = TargetScaler().fit(unit * Y, WEIGHT)

    back = scaler.inverse_transform(scaler.transform(unit * Y))

    assert_allclose(back, unit * Y)


def test_weighted_mean_is_zero_and_weighted_spread_is_one():
    z = standardised(Y)

    assert_allclose(np.average(z, axis=0, weights=WEIGHT), 0, atol=1e-12)
    assert_allclose(np.average(z**2, axis=0, weights=WEIGHT), 1)


def test_weight_of_two_is_a_patient_who_is_there_twice():
    weight = np.where(np.arange(50) < 20, 2.0, 1.0)
    twice = np.vstack([Y, Y[:20]])

    weighted = TargetScaler().fit(Y, weight)
    repeated = TargetScaler().fit(twice, np.ones(70))

    assert_allclose(weighted.mean_, repeated.mean_)
    assert_allclose(weighted.scale_, repeated.scale_)


def test_missing_numbers_stay_missing_and_count_nowhere():
    holes = Y.copy()
    holes[::3, 1] = np.nan
    known = ~np.isnan(holes[:, 1])

    z = standardised(holes)

    assert_array_equal(np.isnan(z), np.isnan(holes))
    assert_allclose(z[:, 0], standardised(Y)[:, 0])
    assert_allclose(z[known, 1:], standardised(holes[known, 1:], WEIGHT[known]))


@pytest.mark.parametrize("constant", [0.0, 0.1, 1e200, -7e-200])
def test_constant_column_becomes_zero_and_comes_back(constant):
    y = np.full((50, 1), constant)
    scaler = TargetScaler().fit(y, WEIGHT)

    z = scaler.transform(y)

    assert_allclose(scaler.inverse_transform(z), y)
    assert_allclose(scaler.scale_, 1)
