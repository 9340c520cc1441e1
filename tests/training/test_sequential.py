"""Members that cannot count are not trained; the error is the one that is stated."""

import numpy as np
import pytest

from magnet_sklearn._training._sequential import (
    N_FIRST,
    further_members_may_count,
    trains_all_members,
)

MEMBERS, HELD_OUT = 5, 60


def net_gain(scores):
    """Gain of the best gate of a single branch, in nats per patient."""
    total, information = scores.sum() - 1.92, (scores**2).sum()
    gate = np.clip(total / information, 0, 1.5)
    return (total * gate - information * gate**2 / 2) / len(scores)


def test_networks_without_any_effect_are_left_out():
    scores = [np.zeros((HELD_OUT, 2))] * N_FIRST

    assert not further_members_may_count(scores, MEMBERS)


def test_one_branch_that_helps_is_enough():
    rng = np.random.default_rng(0)
    helps = np.column_stack([np.zeros(HELD_OUT), rng.normal(0.5, 0.5, HELD_OUT)])

    assert further_members_may_count([helps, helps], MEMBERS)


def test_without_patients_nothing_is_known():
    assert further_members_may_count([np.zeros((1, 1)), np.zeros((0, 1))], MEMBERS)


def test_all_members_of_large_cohorts_are_trained():
    assert trains_all_members(1200)
    assert not trains_all_members(1000)


def test_members_of_small_cohorts_are_all_trained():
    assert trains_all_members(99)
    assert not trains_all_members(100)


@pytest.mark.parametrize("mean", [0.0, 0.02, 0.05, 0.1, 0.2])
@pytest.mark.parametrize("skewed", [False, True])
def test_gates_that_would_gain_are_left_closed_in_five_percent_at_most(mean, skewed):
    rng = np.random.default_rng(0)
    n_wrong, n_repeats = 0, 1000
    for _ in range(n_repeats):
        scores = rng.normal(size=(MEMBERS, HELD_OUT, 1))
        if skewed:
            scores = 1.0 - rng.exponential(size=scores.shape)
        scores = mean + 0.4 * scores
        stops = any(
            not further_members_may_count(list(scores[:n]), MEMBERS)
            for n in range(N_FIRST, MEMBERS)
        )
        n_wrong += stops and net_gain(scores.ravel()) > 0.005

    # two standard errors of the simulation
    assert n_wrong / n_repeats < 0.05 + 2 * np.sqrt(0.05 * 0.95 / n_repeats)


def test_networks_of_noise_are_mostly_left_out():
    rng = np.random.default_rng(0)
    goes_on = [
        further_members_may_count(
            list(rng.normal(-0.02, 0.05, size=(N_FIRST, HELD_OUT, 2))), MEMBERS
        )
        for _ in range(300)
    ]

    assert np.mean(goes_on) < 0.1
