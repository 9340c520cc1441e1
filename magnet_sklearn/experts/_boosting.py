"""Histogram boosting whose number of trees is chosen out of fold."""

from abc import abstractmethod
from itertools import islice

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin, clone
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
)

from magnet_sklearn.experts._residuals import cumulative_baseline
from magnet_sklearn.experts._ridge_cox import RiskSets
from magnet_sklearn.experts._ridge_logistic import strongest_good

# Numbers of trees to choose from.
_COUNTS = (5, 10, 20, 40, 80)
# Of wide tables each split sees about so many columns.
_FEW_COLUMNS = 100


class BoostingExpert(BaseEstimator):
    """Small trees, each on what the ones before have left over.

    Parameters
    ----------
    learning_rate : float, default=0.1
        Share of each tree that counts.
    max_leaf_nodes : int, default=8
        Most leaves of a tree.
    n_trees : int, default=40
        `cross_fit` sets it; after `fit` less than that of then leaves out the last.
    random_state : int, default=None
        Draws the columns of each split.
    """

    def __init__(
        self, *, learning_rate=0.1, max_leaf_nodes=8, n_trees=40, random_state=None
    ):
        self.learning_rate = learning_rate
        self.max_leaf_nodes = max_leaf_nodes
        self.n_trees = n_trees
        self.random_state = random_state

    def cross_fit(self, X, y, weight, folds):
        """Fit the least `n_trees` whose loss is hardly worse, and so each fold.

        The experts of the folds are those of most trees, without the last ones.
        """
        of_folds, losses = [], [np.zeros((0, len(_COUNTS)))]
        for train, held_out in folds:
            expert = clone(self).set_params(n_trees=_COUNTS[-1])
            of_folds.append(expert.fit(X[train], y[train], weight[train]))
            losses.append(expert._held_out(X, y, weight, train, held_out))
        if len(known := np.concatenate(losses)):
            self.n_trees = _COUNTS[strongest_good(known)]
        self.fit(X, y, weight)
        return [expert.set_params(n_trees=self.n_trees) for expert in of_folds]

    def fit(self, X, y, sample_weight=None):
        """Grow the trees."""
        self.model_ = self._model(X).fit(X, y, sample_weight=sample_weight)
        return self

    @abstractmethod
    def _held_out(self, X, y, weight, train, held_out):
        """Losses of held-out patients, a column for each of the numbers of trees."""

    def _with_trees(self, predictions):
        """Of predictions with one tree, two, and so on, those with `n_trees`."""
        return next(islice(predictions, self.n_trees - 1, None))

    def _model(self, X):
        return self._boosting(
            max_iter=self.n_trees,
            learning_rate=self.learning_rate,
            max_leaf_nodes=self.max_leaf_nodes,
            min_samples_leaf=max(2, min(20, len(X) // 30)),
            l2_regularization=1.0,
            max_features=min(1.0, _FEW_COLUMNS / X.shape[1]),
            early_stopping=False,
            random_state=self.random_state,
        )


class BoostingClassifier(ClassifierMixin, BoostingExpert):
    """Histogram boosting of classes."""

    _boosting = HistGradientBoostingClassifier

    def fit(self, X, y, sample_weight=None):
        """Grow the trees."""
        super().fit(X, y, sample_weight)
        self.classes_ = self.model_.classes_
        return self

    def predict_proba(self, X):
        """Probabilities of the classes in `classes_`."""
        return self._with_trees(self.model_.staged_predict_proba(X))

    def _held_out(self, X, y, weight, train, held_out):
        held_out = held_out[np.isin(y[held_out], self.classes_)]
        if not len(held_out):
            return np.zeros((0, len(_COUNTS)))
        place = np.searchsorted(self.classes_, y[held_out])
        losses = [
            -weight[held_out] * np.log(probability[np.arange(len(place)), place])
            for probability in self.model_.staged_predict_proba(X[held_out])
        ]
        return np.column_stack([losses[count - 1] for count in _COUNTS])


class BoostingRegressor(RegressorMixin, BoostingExpert):
    """Histogram boosting of numbers."""

    _boosting = HistGradientBoostingRegressor

    def predict(self, X):
        """Predict numbers."""
        return self._with_trees(self.model_.staged_predict(X))

    def _held_out(self, X, y, weight, train, held_out):
        losses = [
            weight[held_out] * (y[held_out] - prediction) ** 2
            for prediction in self.model_.staged_predict(X[held_out])
        ]
        return np.column_stack([losses[count - 1] for count in _COUNTS])


class BoostingCox(BoostingExpert):
    """Histogram boosting of log-hazards.

    With a known cumulative baseline hazard H, the times of a proportional hazards model
    are as likely as numbers of events (0 or 1) of Poisson distributions with mean
    exp(f(x)) H: trees are boosted on the Poisson deviance of the events over H, with
    the weight H.
    """

    def fit(self, X, y, sample_weight=None):
        """Grow the trees."""
        weight = np.ones(len(y)) if sample_weight is None else sample_weight
        hazard = np.maximum(cumulative_baseline(y, weight), 1e-12)
        super().fit(X, y[:, 2] / hazard, weight * hazard)
        # with one tree, two, and so on
        self.means_ = [
            np.average(log_hazard, weights=weight)
            for log_hazard in map(np.log, self.model_.staged_predict(X))
        ]
        return self

    def predict(self, X):
        """Log-hazard against that of the mean patient."""
        hazard = self._with_trees(self.model_.staged_predict(X))
        return np.log(hazard) - self.means_[self.n_trees - 1]

    def _held_out(self, X, y, weight, train, held_out):
        """Partial likelihood that the held-out patients add, as one row."""
        rows = np.concatenate([train, held_out])
        of_train, of_all = (RiskSets(y[part], weight[part]) for part in (train, rows))
        losses = [
            of_all.loss(log_hazard) - of_train.loss(log_hazard[: len(train)])
            for log_hazard in map(np.log, self.model_.staged_predict(X[rows]))
        ]
        return np.array([[losses[count - 1] for count in _COUNTS]])

    def _boosting(self, **parameters):
        return HistGradientBoostingRegressor(loss="poisson", **parameters)
