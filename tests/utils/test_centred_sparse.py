"""Sparse tables whose columns are centred without being filled."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse

from magnet_sklearn._utils import CentredSparse


def make_table(n_rows=7, n_columns=11, seed=0):
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(n_rows, n_columns))
    values[rng.random(values.shape) < 0.8] = 0.0
    offset = rng.normal(size=n_columns)
    return CentredSparse(sparse.csr_array(values), offset), values + offset


@pytest.fixture
def table():
    return make_table()


def test_it_stands_for_a_dense_table(table):
    own, dense = table

    assert_array_equal(np.asarray(own), dense)
    assert np.asarray(own, dtype=np.float32).dtype == np.float32
    assert (own.shape, own.ndim, own.dtype, len(own)) == ((7, 11), 2, float, 7)


@pytest.mark.parametrize(
    "key",
    [
        [3, 1],
        np.arange(7) % 2 == 0,
        slice(2, 5),
        (slice(None), slice(4, 8)),
        ([6, 2], slice(0, 3)),
    ],
    ids=["numbers", "mask", "slice", "columns", "both"],
)
def test_rows_and_columns_are_those_of_the_dense_table(table, key):
    own, dense = table

    assert_array_equal(np.asarray(own[key]), dense[key])


def test_products_are_those_of_the_dense_table(table):
    own, dense = table
    other, dense_other = make_table(n_rows=4, seed=1)
    weights = np.random.default_rng(2).normal(size=(2, 3, 7))

    assert_allclose(own.products(own), dense @ dense.T)
    assert_allclose(own.products(other), dense @ dense_other.T)
    assert_allclose(own.squares(), (dense**2).sum(axis=1))
    assert_allclose(own.weighted_sum(weights), weights @ dense)
    assert_allclose(own.weighted_sum(weights[0, 0]), weights[0, 0] @ dense)
    assert_allclose(own @ dense.T, dense @ dense.T)
    assert_allclose(own @ dense[0], dense @ dense[0])


def test_products_of_many_rows_come_in_batches(monkeypatch, table):
    monkeypatch.setattr("magnet_sklearn._utils._centred_sparse._AT_A_TIME", 20)
    own, dense = table

    assert_allclose(own.products(own), dense @ dense.T)
