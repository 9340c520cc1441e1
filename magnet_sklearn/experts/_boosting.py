"""Histogram boosting whose number of trees is chosen out of fold."""

from abc import abstractmethod

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
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
        `choose_penalty` sets it.
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

    def choose_penalty(self, X, y, weight, folds):
        """Set `n_trees` to the least number whose held-out loss is hardly worse."""
        losses = [
            loss for fold in folds if len(loss := self._held_out(X, y, weight, *fold))
        ]
        if losses:
            self.n_trees = _COUNTS[strongest_good(np.concatenate(losses))]
        return self

    def fit(self, X, y, sample_weight=None):
        """Grow the trees."""
        self.model_ = self._model(X, self.n_trees)
        self.model_.fit(X, y, sample_weight=sample_weight)
        return self

    @abstractmethod
    def _held_out(self, X, y, weight, train, held_out):
        """Held-out losses of a fold, a column for each of the numbers of trees."""

    def _staged(self, X, y, weight, train):
        """Model of most trees."""
        model = self._model(X, _COUNTS[-1])
        return model.fit(X[train], y[train], sample_weight=weight[train])

    def _model(self, X, n_trees):
        return self._boosting(
            max_iter=n_trees,
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
        return self.model_.predict_proba(X)

    def _held_out(self, X, y, weight, train, held_out):
        model = self._staged(X, y, weight, train)
        held_out = held_out[np.isin(y[held_out], model.classes_)]
        if not len(held_out):
            return np.zeros((0, len(_COUNTS)))
        place = np.searchsorted(model.classes_, y[held_out])
        losses = [
            -weight[held_out] * np.log(probability[np.arange(len(place)), place])
            for probability in model.staged_predict_proba(X[held_out])
        ]
        return np.column_stack([losses[count - 1] for count in _COUNTS])


class BoostingRegressor(RegressorMixin, BoostingExpert):
    """Histogram boosting of numbers."""

    _boosting = HistGradientBoostingRegressor

    def predict(self, X):
        """Predict numbers."""
        return self.model_.predict(X)

    def _held_out(self, X, y, weight, train, held_out):
        model = self._staged(X, y, weight, train)
        losses = [
            weight[held_out] * (y[held_out] - prediction) ** 2
            for prediction in model.staged_predict(X[held_out])
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
        self.model_ = self._grow(X, y, weight, self.n_trees)
        log_hazard = np.log(self.model_.predict(X))
        self.mean_ = np.average(log_hazard, weights=weight)
        return self

    def predict(self, X):
        """Log-hazard against that of the mean patient."""
        return np.log(self.model_.predict(X)) - self.mean_

    def _held_out(self, X, y, weight, train, held_out):
        """Partial likelihood that the held-out patients add, as one row."""
        model = self._grow(X[train], y[train], weight[train], _COUNTS[-1])
        rows = np.concatenate([train, held_out])
        of_train, of_all = (RiskSets(y[part], weight[part]) for part in (train, rows))
        losses = [
            of_all.loss(log_hazard) - of_train.loss(log_hazard[: len(train)])
            for log_hazard in map(np.log, model.staged_predict(X[rows]))
        ]
        return np.array([[losses[count - 1] for count in _COUNTS]])

    def _boosting(self, **parameters):
        return HistGradientBoostingRegressor(loss="poisson", **parameters)

    def _grow(self, X, y, weight, n_trees):
        hazard = np.maximum(cumulative_baseline(y, weight), 1e-12)
        model = self._model(X, n_trees)
        return model.fit(X, y[:, 2] / hazard, sample_weight=weight * hazard)
