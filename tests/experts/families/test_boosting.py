"""Gradient boosting of small trees."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from magnet_sklearn.experts.families._boosting import BoostingFamily


@pytest.mark.parametrize("kind", ["classes", "numbers", "survival"])
def test_trees_grow_as_the_family_says(kind):
    expert = BoostingFamily(learning_rate=0.2, max_leaf_nodes=2).expert(kind, 7)

    assert (expert.learning_rate, expert.max_leaf_nodes) == (0.2, 2)
    assert expert.random_state == 7


def test_trees_see_places_among_quantiles(view_of):
    table = np.column_stack([np.arange(200.0), np.zeros(200)])

    features = BoostingFamily().features(view_of(table), 0)
    places = features.transform(view_of(table[[0, 100, 199]]))

    assert_array_equal(places, [[0, 0], [10, 0], [19, 0]])


def test_places_take_a_byte_each_also_of_many_patients(view_of):
    table = np.random.default_rng(0).normal(size=(2600, 3))

    features = BoostingFamily().features(view_of(table), 0)
    places = features.transform(view_of(table))

    assert places.dtype == np.uint8
    assert (places.min(), places.max()) == (0, 254)
    expected = np.quantile(table, np.arange(1, 255) / 255, axis=0).T
    assert_array_equal(features.edges, expected)
