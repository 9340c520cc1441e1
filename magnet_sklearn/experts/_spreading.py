"""Label spreading whose evidence is exactly leave-one-out."""

from __future__ import annotations

from math import ceil, log

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, clone

# Share of the scores that all classes have alike: a class that no neighbour has is
# not excluded.
_UNIFORM_SHARE = 0.1
_TOLERANCE = 1e-10
# Labels that are spread at a time.
_CHUNK = 256


class SpreadingExpert(ClassifierMixin, BaseEstimator):
    r"""Classes by how much their labels reach a patient, on average per label.

    Learns from influences: that of label :math:`j` on patient :math:`i` is
    :math:`P_{ij}`, so that scores are linear in the labels and those without the own
    one leave out :math:`P_{ii}`.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Classes.
    coef_ : ndarray of shape (n_columns, n_classes)
        From columns of a table to the mean influence of the labels of each class.
    """

    def fit(self, X, y, sample_weight=None):
        """Learn from all labels.

        Parameters
        ----------
        X : ndarray of shape (n_patients, n_patients)
            Influence of each label on each patient.
        y : ndarray of shape (n_patients,)
            Classes.
        sample_weight : ndarray of shape (n_patients,), default=None
            Weights of the labels.
        """
        votes = self._count(
            y, np.ones(len(y)) if sample_weight is None else sample_weight
        )
        others = X @ votes - np.diag(X)[:, None] * votes
        self._left_out = _ratio(others, votes.sum(axis=0) - votes)
        return self

    def _count(self, y, weight):
        """Learn from labels; return the weight of each for each class."""
        self.classes_, codes = np.unique(y, return_inverse=True)
        votes = np.eye(len(self.classes_))[codes] * weight[:, None]
        mass = votes.sum(axis=0)
        self._shares = mass / mass.sum()
        self.coef_ = votes / mass
        return votes

    def cross_fit(self, X, y, weight, folds):
        """Fit on all patients; return experts that lack the labels of each fold."""
        self.fit(X, y, weight)
        experts = []
        for train, _ in folds:
            expert = clone(self)
            expert._count(y[train], weight[train])
            coef = np.zeros((len(y), len(expert.classes_)))
            coef[train] = expert.coef_
            expert.coef_ = coef
            experts.append(expert)
        return experts

    def predict_proba(self, X):
        """Probabilities of the classes in `classes_`."""
        return self._probability(X @ self.coef_)

    def out_of_bag(self):
        """Return who has probabilities without the own label: all; and these."""
        left_out = self._probability(self._left_out)
        return np.ones(len(left_out), dtype=bool), left_out

    def _probability(self, scores):
        """Shares of the scores times those of the classes."""
        alike = 1.0 / scores.shape[1]
        shares = _ratio(scores, scores.sum(axis=1, keepdims=True), alike)
        shares = (1 - _UNIFORM_SHARE) * shares + _UNIFORM_SHARE * alike
        probability = shares * self._shares
        return probability / probability.sum(axis=1, keepdims=True)


def _ratio(values, by, otherwise=0.0):
    """Divide; where that is by nothing, another value."""
    by = np.broadcast_to(by, values.shape)
    is_some = by > 1e-12
    return np.where(is_some, values / np.where(is_some, by, 1.0), otherwise)


def spread(graph, labels, alpha):
    r"""Spread labels over a graph.

    Solves :math:`F = \alpha S F + Y` (D. Zhou et al., "Learning with local and global
    consistency", NIPS 2004) by the Chebyshev semi-iteration; the eigenvalues of
    :math:`S` are in [-1, 1].

    Parameters
    ----------
    graph : sparse array of shape (n_nodes, n_nodes)
        :math:`S = D^{-1/2} W D^{-1/2}`, symmetric.
    labels : ndarray of shape (n_nodes, n_columns)
        :math:`Y`.
    alpha : float
        Share that comes from the neighbours, in (0, 1).

    Returns
    -------
    scores : ndarray of shape (n_nodes, n_columns)
        :math:`F`.
    """
    rate = alpha / (1 + np.sqrt(1 - alpha**2))
    before, scores = np.zeros_like(labels), labels
    step = 2.0
    for _ in range(ceil(log(_TOLERANCE) / log(rate))):
        step = 1.0 / (1.0 - alpha**2 * step / 4)
        change = alpha * (graph @ scores) + labels - before
        before, scores = scores, before + step * change
    return scores


def influences(graph, readout, n_labelled, alpha):
    """Influence of each label on each labelled patient.

    Parameters
    ----------
    graph : sparse array of shape (n_nodes, n_nodes)
        As in `spread`; labelled patients are the first nodes.
    readout : sparse array of shape (n_labelled, n_nodes)
        From scores of the nodes to those of the labelled patients.
    n_labelled : int
        How many.
    alpha : float
        As in `spread`.

    Returns
    -------
    influence : ndarray of shape (n_labelled, n_labelled)
        That of the label of each column on the patient of each row.
    """
    parts = []
    for start in range(0, n_labelled, _CHUNK):
        stop = min(start + _CHUNK, n_labelled)
        labels = np.eye(graph.shape[0], stop - start, -start)
        parts.append(readout @ spread(graph, labels, alpha))
    return np.hstack(parts)
