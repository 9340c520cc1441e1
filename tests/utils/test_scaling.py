"""Standardisation of tables with missing cells."""

import numpy as np
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.preprocessing import StandardScaler

from magnet_sklearn._utils._scaling import fit_standardization


def test_standardization_equals_standard_scaler_within_the_clip():
    values = np.random.default_rng(0).normal(3.0, 5.0, size=(40, 4))
    values[3, 2] = np.nan

    result = fit_standardization(values).apply(values)

    expected = np.nan_to_num(StandardScaler().fit_transform(values))
    assert_allclose(result, expected, atol=1e-12)


def test_constant_and_empty_columns_are_dropped():
    constant = np.full(7, 0.1)
    values = np.column_stack([constant, np.arange(7.0), np.full(7, np.nan)])

    assert_array_equal(fit_standardization(values).columns, [1])


def test_huge_and_tiny_values_stay_finite():
    values = np.array([[1.7e308, 5e-324], [-1.7e308, 0.0], [1.6e308, 5e-324]])

    standardization = fit_standardization(values)

    assert_array_equal(standardization.columns, [0, 1])
    assert np.isfinite(standardization.apply(values)).all()


def test_query_far_outside_the_training_range_is_clipped():
    standardization = fit_standardization(np.array([[1e-300], [2e-300]]))

    assert_array_equal(standardization.apply(np.array([[1e308]])), [[10.0]])


def test_apply_does_not_write_to_its_input():
    values = np.array([[1.0, np.nan], [2.0, 3.0], [4.0, 5.0]])
    before = values.copy()

    fit_standardization(values).apply(values)

    assert_array_equal(values, before)
