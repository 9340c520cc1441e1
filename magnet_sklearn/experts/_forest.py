"""Random forests that answer for one patient at once."""

import warnings

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

# A tree sees no more patients: time and memory then grow with them no further.
_MOST_SAMPLES = 10_000
# For so many it is faster to ask all trees at once than one after the other.
_FEW_PATIENTS = 20


class ForestExpert(ClassifierMixin, BaseEstimator):
    """Random forest whose out-of-bag votes stand for out-of-fold predictions.

    Parameters
    ----------
    random_state : int, default=None
        Seed of the trees.
    """

    def __init__(self, *, random_state=None):
        self.random_state = random_state

    def fit(self, X, y, sample_weight=None):
        """Grow the trees.

        Parameters
        ----------
        X : ndarray of shape (n_patients, n_features)
            Features.
        y : ndarray of shape (n_patients,)
            Classes.
        sample_weight : ndarray of shape (n_patients,), default=None
            Weights of the patients.

        Returns
        -------
        self : ForestExpert
            The fitted forest.
        """
        self.forest_ = RandomForestClassifier(
            100,
            min_samples_leaf=2,
            max_samples=_most_samples(X),
            oob_score=True,
            random_state=self.random_state,
        )
        with warnings.catch_warnings():
            # A patient of great weight is in every tree: see out_of_bag_proba.
            warnings.filterwarnings("ignore", "Some inputs do not have OOB scores")
            self.forest_.fit(X, y, sample_weight=sample_weight)
        self.classes_ = self.forest_.classes_
        self.trees_ = _Trees(self.forest_)
        return self

    def out_of_bag_proba(self):
        """Class probabilities of the training patients.

        Returns
        -------
        has_vote : bool ndarray of shape (n_patients,)
            False for a patient whom every tree has seen.
        probability : ndarray of shape (n_voted, n_classes)
            Of the others, each from the trees that have not seen the patient.
        """
        votes = self.forest_.oob_decision_function_
        has_vote = votes.sum(axis=1) > 0
        return has_vote, votes[has_vote]

    def predict_proba(self, X):
        """Class probabilities.

        Parameters
        ----------
        X : ndarray of shape (n_patients, n_features)
            Features.

        Returns
        -------
        probability : ndarray of shape (n_patients, n_classes)
            One column a class in `classes_`.
        """
        return self.trees_.mean(X)


class NumberForestExpert(RegressorMixin, BaseEstimator):
    """Random forest of numbers; out-of-bag means stand for out-of-fold predictions.

    Parameters
    ----------
    random_state : int, default=None
        Seed of the trees.
    """

    def __init__(self, *, random_state=None):
        self.random_state = random_state

    def fit(self, X, y, sample_weight=None):
        """Grow the trees.

        Parameters
        ----------
        X : ndarray of shape (n_patients, n_features)
            Features.
        y : ndarray of shape (n_patients,)
            Numbers.
        sample_weight : ndarray of shape (n_patients,), default=None
            Weights of the patients.

        Returns
        -------
        self : NumberForestExpert
            The fitted forest.
        """
        self.forest_ = RandomForestRegressor(
            100,
            max_features=0.5,
            max_samples=_most_samples(X),
            oob_score=True,
            random_state=self.random_state,
        )
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Some inputs do not have OOB scores")
            self.forest_.fit(X, y, sample_weight=sample_weight)
        self.trees_ = _Trees(self.forest_)
        return self

    def out_of_bag_prediction(self):
        """Predictions of the training patients.

        Returns
        -------
        y : ndarray of shape (n_patients,)
            Each from the trees that have not seen the patient; 0 without any.
        """
        return self.forest_.oob_prediction_

    def predict(self, X):
        """Predict numbers.

        Parameters
        ----------
        X : ndarray of shape (n_patients, n_features)
            Features.

        Returns
        -------
        y : ndarray of shape (n_patients,)
            Mean over the trees.
        """
        return self.trees_.mean(X)[:, 0]


class _Trees:
    """Trees of a fitted forest, for any number of patients at once.

    The forest's own methods check X and start threads for each call, which for one
    patient costs ten times the answer.
    """

    def __init__(self, forest):
        self._trees = trees = [tree.tree_ for tree in forest.estimators_]
        counts = [tree.node_count for tree in trees]
        self.roots = np.cumsum([0, *counts[:-1]])
        starts = np.repeat(self.roots, counts)
        self.feature = np.concatenate([tree.feature for tree in trees])
        self.threshold = np.concatenate([tree.threshold for tree in trees])
        children = [(tree.children_left, tree.children_right) for tree in trees]
        self.children = np.concatenate(children, axis=1).astype(np.int64) + starts
        self.value = np.concatenate([tree.value[:, 0] for tree in trees])
        # a leaf is its own child, so that a walk of any length ends there
        self.is_leaf = self.feature < 0
        self.feature[self.is_leaf] = 0
        self.children[:, self.is_leaf] = np.flatnonzero(self.is_leaf)
        self.depth = max(tree.max_depth for tree in trees)

    def mean(self, X):
        """Mean answer of the trees, of shape (n_patients, n_outputs)."""
        X = np.ascontiguousarray(X, dtype=np.float32)
        if len(X) > _FEW_PATIENTS:
            return np.mean([tree.predict(X) for tree in self._trees], axis=0)
        # down all trees at once, a level at a time
        rows = np.arange(len(X))
        nodes = np.repeat(self.roots[:, None], len(X), axis=1)
        for _ in range(self.depth):
            goes_right = X[rows, self.feature[nodes]] > self.threshold[nodes]
            nodes = self.children[goes_right.astype(np.intp), nodes]
        return self.value[nodes].mean(axis=0)


def _most_samples(X):
    """Patients drawn for each tree; None is as many as there are."""
    return _MOST_SAMPLES if len(X) > _MOST_SAMPLES else None
