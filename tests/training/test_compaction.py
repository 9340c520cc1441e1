"""What is kept of closed networks, and the error for what is not."""

import pickle

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.exceptions import NotFittedError

from magnet_sklearn._training import ClosedEnsemble, compact_ensemble


@pytest.fixture
def closed():
    return ClosedEnsemble(np.zeros(2), np.zeros((1, 2)), ["network", "graph"], 3, None)


def test_closed_ensembles_survive_a_pickle(closed):
    again = pickle.loads(pickle.dumps(closed))

    assert_array_equal(again.gates_, closed.gates_)
    assert (again.branch_names, again.n_members) == (["network", "graph"], 3)


@pytest.mark.parametrize("name", ["nets_", "predict", "graph_"])
def test_what_was_given_up_is_named(closed, name):
    with pytest.raises(NotFittedError, match=r"compact\(\) has given up.*transform"):
        getattr(closed, name)


def test_nothing_more_can_be_given_up(closed):
    assert compact_ensemble(closed) is closed
