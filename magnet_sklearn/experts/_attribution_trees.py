"""Shapley values of the columns that trees split on, against a reference patient."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import comb
from sklearn.utils import gen_batches

# Patients at a time: a step through all trees stays in the processor's cache.
_BATCH_SIZE = 32


@dataclass(frozen=True)
class TreeTable:
    """Nodes of several trees side by side.

    Parameters
    ----------
    roots : int ndarray of shape (n_trees,)
        Node that each tree starts from.
    feature, threshold : ndarray of shape (n_nodes,)
        Columns that nodes split; larger values go right.
    children : int ndarray of shape (2, n_nodes)
        Left and right child.
    value : ndarray of shape (n_nodes, n_scores)
        What a leaf predicts.
    is_leaf : bool ndarray of shape (n_nodes,)
        True = predicts.
    """

    roots: np.ndarray
    feature: np.ndarray
    threshold: np.ndarray
    children: np.ndarray
    value: np.ndarray
    is_leaf: np.ndarray


def forest_trees(trees: Any) -> TreeTable:
    """Nodes of the trees of a forest."""
    nodes = np.arange(len(trees.feature))
    return TreeTable(
        roots=trees.roots,
        feature=trees.feature,
        threshold=trees.threshold,
        children=trees.children.T,
        value=trees.value[trees.leaf],
        is_leaf=trees.children[:, 0] == nodes,
    )


def boosted_trees(model: Any, n_trees: int) -> TreeTable:
    """Nodes of the first trees of a fitted histogram gradient boosting."""
    rounds = model._predictors[:n_trees]
    nodes = [predictor.nodes for trees in rounds for predictor in trees]
    counts = [len(own) for own in nodes]
    roots = np.cumsum([0, *counts[:-1]])
    together, starts = np.concatenate(nodes), np.repeat(roots, counts)
    children = [together[side].astype(np.int64) + starts for side in ("left", "right")]
    n_scores = len(rounds[0])
    # the trees of a round are those of the classes
    score = np.repeat(np.arange(len(nodes)) % n_scores, counts)
    return TreeTable(
        roots=roots,
        feature=together["feature_idx"].astype(np.int64),
        threshold=together["num_threshold"],
        children=np.array(children),
        value=together["value"][:, None] * (score[:, None] == np.arange(n_scores)),
        is_leaf=together["is_leaf"].astype(bool),
    )


def tree_shapley(
    trees: TreeTable, table: np.ndarray, reference: np.ndarray
) -> np.ndarray:
    r"""Shapley values of columns in the sum of trees.

    A column takes the patient's value or the reference's. A leaf is reached by the
    coalitions with all of the :math:`a` columns in which only the patient goes towards
    it and none of the :math:`b` in which only the reference does: of its value, each of
    the former gets :math:`1 / (a \binom{a+b}{a})`, each of the latter
    :math:`-1 / (b \binom{a+b}{b})`. (S. Lundberg and others, "From local explanations
    to global understanding with explainable AI for trees", Nature Machine Intelligence
    2, 2020: the interventional form, with one reference.)

    Parameters
    ----------
    trees : TreeTable
        Or what has its attributes.
    table : ndarray of shape (n_patients, n_columns)
        Patients.
    reference : ndarray of shape (n_columns,)
        Of the same type.

    Returns
    -------
    values : ndarray of shape (n_patients, n_columns, n_scores)
        They sum to the difference between patient and reference.
    """
    values = np.zeros((*table.shape, trees.value.shape[1]))
    for rows in gen_batches(len(table), _BATCH_SIZE):
        values[rows] = _few_patients(trees, table[rows], reference)
    return values


def _few_patients(trees, table, reference):
    """Walk down all trees, where patient and reference part both ways."""
    values = np.zeros((table.size, trees.value.shape[1]))
    patient = np.repeat(np.arange(len(table)), len(trees.roots))
    node = np.tile(trees.roots, len(table))
    # columns where ways parted, and whose way was taken: 1 the patient's, -1 the other
    parted = np.zeros((len(node), 0), np.int64)
    side = np.zeros((len(node), 0), np.int8)
    while len(node):
        ends = trees.is_leaf[node]
        if ends.any():
            _add_leaves(
                values,
                trees.value[node[ends]],
                side[ends],
                patient[ends, None] * table.shape[1] + parted[ends],
            )
            patient, node, parted, side = (
                states[~ends] for states in (patient, node, parted, side)
            )
        column, threshold = trees.feature[node], trees.threshold[node]
        ways = np.array(
            [reference[column] > threshold, table[patient, column] > threshold], np.intp
        )
        taken = ((parted == column[:, None]) * side).sum(axis=1)
        parts = (taken == 0) & (ways[0] != ways[1])
        moved = [
            trees.children[np.where(taken < 0, ways[0], ways[1]), node],
            trees.children[ways[0], node][parts],
        ]
        node = np.concatenate(moved)
        again = np.flatnonzero(parts)
        side = np.column_stack([side, parts.astype(np.int8)])
        side = np.concatenate([side, side[again]])
        side[len(parts) :, -1] = -1
        parted = np.column_stack([parted, column])
        parted = np.concatenate([parted, parted[again]])
        patient = np.concatenate([patient, patient[again]])
    return values.reshape(*table.shape, -1)


def _add_leaves(values, leaf_values, side, place):
    """Share the value of each leaf among the columns where ways parted."""
    n_own, n_other = (side > 0).sum(axis=1), (side < 0).sum(axis=1)
    n_coalitions = comb(n_own + n_other, n_own)
    gains = 1.0 / (np.maximum(n_own, 1) * n_coalitions)
    losses = -1.0 / (np.maximum(n_other, 1) * n_coalitions)
    leaf, step = np.nonzero(side)
    share = np.where(side[leaf, step] > 0, gains[leaf], losses[leaf])
    place = place[leaf, step]
    for score in range(values.shape[1]):
        added = share * leaf_values[leaf, score]
        values[:, score] += np.bincount(place, added, minlength=len(values))
