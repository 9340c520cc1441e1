"""Random forests."""

from magnet_sklearn.experts.families._forest import ForestFamily


def test_there_is_no_forest_for_survival():
    assert ForestFamily().expert("survival", 0) is None


def test_forests_grow_from_the_seed():
    for kind in ("classes", "numbers"):
        assert ForestFamily().expert(kind, 7).random_state == 7
