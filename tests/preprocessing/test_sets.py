import numpy as np
from numpy.testing import assert_allclose, assert_array_equal

from magnet_sklearn.data import SetArray, as_sets
from magnet_sklearn.preprocessing._sets import SetBlock, set_features

NAN = np.nan


def test_missing_cells_are_the_mean_and_empty_places_stay_empty():
    block = as_sets([np.array([[1.0, 0.0], [3.0, NAN]]), np.array([[2.0, 8.0]]), None])
    observed = np.array([True, True, False])

    scaled = SetBlock.fit(block[:2]).transform(block, observed, impute=True)

    assert isinstance(scaled, SetArray)
    assert_allclose(scaled[0], [[-(1.5**0.5), -1.0], [1.5**0.5, 0.0]])
    assert_array_equal(scaled[1:, 1:], np.full((2, 1, 2), NAN))
    assert np.isnan(scaled[2]).all()


def test_sets_without_variation_are_zeros():
    block = as_sets([np.ones((2, 1)), np.ones((1, 1))])

    scaled = SetBlock.fit(block).transform(block, np.ones(2, bool), impute=True)

    assert_array_equal(scaled[:, :, 0], [[0, 0], [0, NAN]])


def test_features_are_moments_of_the_elements_whatever_the_padding():
    rows = np.random.default_rng(0).normal(size=(7, 2))
    padded = as_sets([rows, np.ones((9, 2))])

    features = set_features(padded[:1])

    expected = [rows.mean(0), rows.std(0), *np.quantile(rows, [0.1, 0.5, 0.9], axis=0)]
    assert_array_equal(features[0], np.concatenate(expected))
    assert_array_equal(features, set_features(as_sets([rows])))
