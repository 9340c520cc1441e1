"""Whole-number coordinates, in which no sum rounds."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from magnet_sklearn.data import MultiModalData
from magnet_sklearn.graph import _projection
from magnet_sklearn.graph._projection import fit_space

NAN = np.nan


@settings(deadline=None, max_examples=30)
@given(
    seed=st.integers(0, 10_000),
    width=st.sampled_from([3, 60, 500]),
    scale=st.sampled_from([1.0, 1e6]),
)
def test_sums_of_products_do_not_depend_on_their_order(seed, width, scale):
    rng = np.random.default_rng(seed)
    space = fit_space(MultiModalData({"rna": rng.normal(size=(40, width))}), 20)
    query = MultiModalData({"rna": scale * rng.normal(size=(9, width))})

    a = space.apply(query)[0].astype(float)
    exact = a.astype(object) @ a.T.astype(object)

    assert_array_equal(a @ a.T, exact.astype(float))
    assert max(abs(value) for value in exact.ravel()) * 4 <= 2**53
    order = rng.permutation(a.shape[1])
    assert_array_equal(a[:, order] @ a[:, order].T, a @ a.T)


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 10_000), n_components=st.sampled_from([None, 5]))
def test_coordinates_of_a_row_do_not_depend_on_the_batch(seed, n_components):
    rng = np.random.default_rng(seed)
    X = MultiModalData({"rna": rng.normal(size=(40, 300))})
    space = fit_space(X, n_components)

    whole, _ = space.apply(X)

    for row in (0, 17, 39):
        assert_array_equal(space.apply(X[row])[0][0], whole[row])


@pytest.mark.parametrize("shape", [(200, 30), (30, 200)])
def test_reduced_coordinates_keep_most_of_the_inner_products(shape):
    rng = np.random.default_rng(0)
    values = rng.normal(size=(shape[0], 4)) @ rng.normal(size=(4, shape[1]))
    X = MultiModalData({"rna": values})
    space = fit_space(X, 4)

    coordinates = space.apply(X)[0] * 2.0**-space.bits

    standard = (values - values.mean(axis=0)) / values.std(axis=0)
    assert_allclose(coordinates @ coordinates.T, standard @ standard.T, atol=1e-2)


def test_large_tables_are_reduced_too(monkeypatch):
    rng = np.random.default_rng(0)
    X = MultiModalData({"rna": rng.normal(size=(60, 4)) @ rng.normal(size=(4, 50))})
    exact = fit_space(X, 4).apply(X)[0].astype(float)

    monkeypatch.setattr(_projection, "LARGEST_EXACT", 20)
    randomized = fit_space(X, 4).apply(X)[0].astype(float)

    scale = 4.0**-20
    assert_allclose(
        scale * randomized @ randomized.T, scale * exact @ exact.T, atol=1e-2
    )


def test_absent_modality_has_zero_coordinates_and_no_mask():
    X = MultiModalData({"rna": [[1.0, 5.0], [NAN, NAN], [2.0, 7.0]]})

    coordinates, mask = fit_space(X, None).apply(X)

    assert_array_equal(coordinates[1], [0, 0])
    assert mask.tolist() == [[True], [False], [True]]
