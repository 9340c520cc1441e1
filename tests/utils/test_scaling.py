"""Standardisation of tables with missing cells."""

import numpy as np
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
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


def test_columns_of_a_wide_table_are_those_of_narrow_ones():
    values = np.random.default_rng(0).normal(2.0, 3.0, size=(9, 2500))
    values[2, ::3] = np.nan
    rows = np.array([0, 2, 3, 7])

    wide = fit_standardization(values, rows)

    for column in (0, 1023, 1024, 2499):
        narrow = fit_standardization(values[rows][:, [column]])
        assert wide.mean[column] == narrow.mean[0]
        assert wide.spread[column] == narrow.spread[0]


def test_sparse_tables_are_standardised_as_dense_ones():
    rng = np.random.default_rng(0)
    values = rng.normal(size=(30, 8)) * (rng.random((30, 8)) < 0.3)
    values[:, 5] = 0.0
    values[4, 2], values[29, 3] = np.nan, 1e6
    values[7] = np.nan
    observed = np.arange(30) != 7
    table = sparse.csr_array(values)
    before = table.copy()

    standardization = fit_standardization(table, observed)
    result = standardization.apply_sparse(table, observed)

    dense = fit_standardization(values[observed])
    assert_array_equal(standardization.columns, dense.columns)
    expected = dense.apply(values)
    assert_allclose(np.asarray(result)[observed], expected[observed], atol=1e-12)
    assert result.values[[7]].nnz == 0
    assert np.abs(np.asarray(result)).max() == np.abs(expected[observed]).max() < 10.1
    assert_array_equal(table.toarray(), before.toarray())
