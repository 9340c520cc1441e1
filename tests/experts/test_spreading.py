"""Label spreading, beside a slow one that forgets one label after the other."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import sparse

from magnet_sklearn.experts._spreading import (
    _UNIFORM_SHARE,
    SpreadingExpert,
    influences,
    spread,
)

ALPHA = 0.9
N_LABELLED = 12
Y = np.arange(N_LABELLED) % 3
WEIGHT = np.linspace(0.5, 2.0, N_LABELLED)


@pytest.fixture(scope="module")
def graph():
    """Symmetric normalised graph of 30 patients, of whom the last has no edge."""
    rng = np.random.default_rng(0)
    weight = np.triu(rng.random((30, 30)) * (rng.random((30, 30)) < 0.2), 1)
    weight += weight.T
    weight[-1] = weight[:, -1] = 0.0
    degree = weight.sum(axis=0)
    scale = 1 / np.sqrt(np.where(degree > 0, degree, 1.0))
    return weight * np.outer(scale, scale)


@pytest.fixture(scope="module")
def table(graph):
    return influences(
        sparse.csr_array(graph), sparse.csr_array(graph)[:N_LABELLED], N_LABELLED, ALPHA
    )


def slow_probability(graph, known, row):
    """Spread the labels of some patients alone, and read the scores of a row."""
    solved = np.linalg.inv(np.eye(30) - ALPHA * graph)
    scores = np.array(
        [
            sum(WEIGHT[j] * (graph[row] @ solved[:, j]) for j in known if Y[j] == label)
            / sum(WEIGHT[j] for j in known if Y[j] == label)
            for label in range(3)
        ]
    )
    shares = (1 - _UNIFORM_SHARE) * scores / scores.sum() + _UNIFORM_SHARE / 3
    probability = shares * np.bincount(Y, WEIGHT)
    return probability / probability.sum()


@pytest.mark.parametrize("alpha", [0.3, 0.9, 0.99])
def test_spreading_solves_the_equations(graph, alpha):
    labels = np.eye(30, 4)

    scores = spread(sparse.csr_array(graph), labels, alpha)

    assert_allclose(scores, np.linalg.solve(np.eye(30) - alpha * graph, labels))


def test_evidence_about_a_training_patient_leaves_out_its_own_label(graph, table):
    expert = SpreadingExpert().fit(table, Y, WEIGHT)

    has_all, probability = expert.out_of_bag()

    others = [np.delete(np.arange(N_LABELLED), row) for row in range(N_LABELLED)]
    expected = [slow_probability(graph, known, r) for r, known in enumerate(others)]
    assert has_all.all()
    assert_allclose(probability, expected)


def test_what_the_own_label_says_changes_nothing(table):
    before = SpreadingExpert().fit(table, Y)
    changed = Y.copy()
    changed[[0, 1]] = changed[[1, 0]]  # as many of each class
    after = SpreadingExpert().fit(table, changed)
    table_of_one = table.copy()
    table_of_one[0, 1] = 0.0  # nothing reaches the first from the second
    blind = [SpreadingExpert().fit(table_of_one, y) for y in (Y, changed)]

    assert not np.allclose(before.out_of_bag()[1][5], after.out_of_bag()[1][5])
    scores = [
        expert._left_out[0] * (4 - np.eye(3)[y[0]])
        for expert, y in zip(blind, (Y, changed), strict=True)
    ]
    assert_allclose(*scores)


def test_experts_of_folds_lack_the_labels_of_their_fold(graph, table):
    held_out = np.array([0, 1, 5, 9])
    train = np.setdiff1d(np.arange(N_LABELLED), held_out)
    expert = SpreadingExpert()

    (of_fold,) = expert.cross_fit(table, Y, WEIGHT, [(train, held_out)])

    shares = np.bincount(Y, WEIGHT) / np.bincount(Y[train], WEIGHT[train])
    expected = np.array([slow_probability(graph, train, row) for row in held_out])
    expected /= shares
    expected /= expected.sum(axis=1, keepdims=True)
    assert_allclose(of_fold.predict_proba(table[held_out]), expected)


def test_without_any_label_in_reach_the_classes_have_their_shares():
    expert = SpreadingExpert().fit(np.zeros((4, 4)), np.array([0, 0, 0, 1]))

    assert_allclose(expert.predict_proba(np.zeros((1, 4))), [[0.75, 0.25]])
    assert_allclose(expert.out_of_bag()[1], [[0.75, 0.25]] * 4)
