"""Random forests that answer for one patient at once."""

import warnings

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor


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
            100, min_samples_leaf=2, oob_score=True, random_state=self.random_state
        )
        with warnings.catch_warnings():
            # A patient of great weight is in every tree: see out_of_bag_proba.
            warnings.filterwarnings("ignore", "Some inputs do not have OOB scores")
            self.forest_.fit(X, y, sample_weight=sample_weight)
        self.classes_ = self.forest_.classes_
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
        return _mean_of_trees(self.forest_, X)


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
            100, max_features=0.5, oob_score=True, random_state=self.random_state
        )
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Some inputs do not have OOB scores")
            self.forest_.fit(X, y, sample_weight=sample_weight)
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
        return _mean_of_trees(self.forest_, X)[:, 0]


def _mean_of_trees(forest, X):
    """Mean answer of the trees.

    The forest's own method checks X and starts threads for each call, which for one
    patient costs ten times the answer.
    """
    X = np.ascontiguousarray(X, dtype=np.float32)
    return np.mean([tree.tree_.predict(X) for tree in forest.estimators_], axis=0)
