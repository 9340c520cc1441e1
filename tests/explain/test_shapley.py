from itertools import permutations

import numpy as np
import pytest
from common.instances import TINY
from numpy.testing import assert_allclose

from magnet_sklearn import MultiModalData, MultiModalGNNRegressor
from magnet_sklearn.explain._model_outputs import ModelOutputs
from magnet_sklearn.explain._recombined import RecombinedOutputs
from magnet_sklearn.explain._shapley import (
    coalitions,
    pattern_outputs,
    shapley_values,
    shapley_weights,
)


@pytest.fixture(scope="module")
def many_blocks():
    """Outputs of four patients of eleven modalities; one has only three of them."""
    rng = np.random.default_rng(0)
    X = {f"block{number}": rng.normal(size=(40, 1)) for number in range(11)}
    y = sum(block[:, 0] for block in X.values())
    model = MultiModalGNNRegressor(**{**TINY, "gate": 0.5, "experts": "linear"}).fit(
        X, y
    )
    few = {name: block[:4].copy() for name, block in X.items()}
    for block in list(few.values())[3:]:
        block[3] = np.nan
    outputs = ModelOutputs(model)
    return RecombinedOutputs(outputs, outputs.check(MultiModalData(few)))


@pytest.mark.parametrize("n_players", [1, 2, 4])
def test_weights_are_means_over_all_orders(n_players):
    worth = np.random.default_rng(0).normal(size=2**n_players)
    mean = np.zeros(n_players)
    orders = list(permutations(range(n_players)))
    for order in orders:
        subset = 0
        for player in order:
            mean[player] += worth[subset | 1 << player] - worth[subset]
            subset |= 1 << player
    assert_allclose(shapley_weights(n_players) @ worth, mean / len(orders))


def test_subsets_are_binary_numbers():
    assert coalitions(2).tolist() == [
        [False, False],
        [True, False],
        [False, True],
        [True, True],
    ]


def test_sampled_values_are_near_the_exact_ones_and_sum_to_the_output(many_blocks):
    values, error = shapley_values(many_blocks, n_permutations=24, seed=0)

    rows, players = np.arange(3), np.arange(11)
    table = pattern_outputs(many_blocks, rows, players)
    exact = np.einsum("pc,nco->npo", shapley_weights(11), table)
    assert_allclose(values[:3].sum(axis=1), table[:, -1] - table[:, 0], atol=1e-9)
    assert (np.abs(values[:3] - exact) <= 4 * error[:3] + 1e-9).all()
    assert 0 < error[:3].max() < np.abs(exact).max() / 5


def test_patients_with_few_blocks_stay_exact_beside_others(many_blocks):
    values, error = shapley_values(many_blocks, n_permutations=2, seed=0)
    table = pattern_outputs(many_blocks, np.array([3]), np.arange(3))
    exact = np.einsum("pc,nco->npo", shapley_weights(3), table)
    assert_allclose(values[[3], :3], exact, atol=1e-12)
    assert not values[3, 3:].any()
    assert not error[3].any()
