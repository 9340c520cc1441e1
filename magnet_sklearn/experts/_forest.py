"""Random forests that predict a single patient fast."""

import warnings

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

# A tree sees no more patients: time and memory then grow with them no further.
_MOST_SAMPLES = 10_000
# Beyond so many it is faster to predict tree by tree than with all trees at once.
_FEW_PATIENTS = 20


class Forest(BaseEstimator):
    """Forest whose out-of-bag predictions stand for out-of-fold ones."""

    def __init__(self, *, random_state=None):
        self.random_state = random_state

    def _fit(self, forest, X, y, sample_weight):
        self.forest_ = forest.set_params(
            max_samples=_MOST_SAMPLES if len(X) > _MOST_SAMPLES else None,
            oob_score=True,
            random_state=self.random_state,
        )
        with warnings.catch_warnings():
            # A patient of great weight is in every tree: see out_of_bag.
            warnings.filterwarnings("ignore", "Some inputs do not have OOB scores")
            self.forest_.fit(X, y, sample_weight=sample_weight)
        self.trees_ = _Trees(self.forest_)
        return self


class ForestExpert(ClassifierMixin, Forest):
    """Random forest of classes."""

    def fit(self, X, y, sample_weight=None):
        """Grow the trees."""
        forest = RandomForestClassifier(100, min_samples_leaf=2)
        self._fit(forest, X, y, sample_weight)
        self.classes_ = forest.classes_
        return self

    def out_of_bag(self):
        """Tell which training patients some tree has not seen; probabilities of those.

        The probabilities are those of the trees that have not seen the patient.
        """
        votes = self.forest_.oob_decision_function_
        has_vote = votes.sum(axis=1) > 0
        return has_vote, votes[has_vote]

    def predict_proba(self, X):
        """Probabilities of the classes in `classes_`."""
        return self.trees_.mean(X)


class NumberForestExpert(RegressorMixin, Forest):
    """Random forest of numbers."""

    def fit(self, X, y, sample_weight=None):
        """Grow the trees."""
        forest = RandomForestRegressor(100, max_features=0.5)
        return self._fit(forest, X, y, sample_weight)

    def out_of_bag(self):
        """All training patients, and predictions of the trees without the patient.

        A patient whom every tree has seen gets 0.
        """
        prediction = self.forest_.oob_prediction_
        return np.ones(len(prediction), bool), prediction

    def predict(self, X):
        """Mean over the trees."""
        return self.trees_.mean(X)[:, 0]


class _Trees:
    """Trees of a fitted forest, for any number of patients at once.

    The forest's own methods check X and start threads for each call, which for one
    patient costs ten times the prediction.
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
        """Mean prediction of the trees, of shape (n_patients, n_outputs)."""
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
