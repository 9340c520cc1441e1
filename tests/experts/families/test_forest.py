"""Random forests."""

from magnet_sklearn.experts.families._forest import ForestFamily


def test_forests_grow_from_the_seed():
    for kind in ("classes", "numbers", "survival"):
        assert ForestFamily().expert(kind, 7).random_state == 7
