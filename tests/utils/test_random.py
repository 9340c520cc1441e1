"""Seeds that neither read nor move a global random state."""

import numpy as np
import pytest

from magnet_sklearn._utils import spawn_seeds


def _global_state():
    return repr(np.random.get_state())  # noqa: NPY002


@pytest.mark.parametrize(
    "make",
    [lambda: 7, lambda: np.random.RandomState(7), lambda: np.random.default_rng(7)],
)
def test_equal_states_give_equal_seeds(make):
    seeds = spawn_seeds(make(), 4)

    assert seeds == spawn_seeds(make(), 4)
    assert len(set(seeds)) == 4
    assert all(0 <= seed < 2**31 for seed in seeds)


def test_more_seeds_begin_with_the_same_ones():
    assert spawn_seeds(3, 5)[:2] == spawn_seeds(3, 2)


def test_none_is_fresh_and_leaves_the_global_state_alone():
    before = _global_state()

    assert spawn_seeds(None, 3) != spawn_seeds(None, 3)
    assert _global_state() == before


@pytest.mark.parametrize("state", ["7", 0.5])
def test_anything_else_is_an_error(state):
    with pytest.raises(TypeError, match="random_state must be None, an int"):
        spawn_seeds(state, 1)
