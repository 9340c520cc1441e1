"""Gradient boosting of small trees."""

import pytest

from magnet_sklearn.experts.families._boosting import BoostingFamily


@pytest.mark.parametrize("kind", ["classes", "numbers", "survival"])
def test_trees_grow_as_the_family_says(kind):
    expert = BoostingFamily(learning_rate=0.2, max_leaf_nodes=2).expert(kind, 7)

    assert (expert.learning_rate, expert.max_leaf_nodes) == (0.2, 2)
    assert expert.random_state == 7
