"""Random forest of survival."""

from functools import partial

import numpy as np
from sklearn.tree import DecisionTreeRegressor

from magnet_sklearn.experts._forest import Forest
from magnet_sklearn.experts._residuals import cumulative_baseline, hazard_scale

# Splits of wide tables see no more columns: more cost time and gain nothing.
_MOST_COLUMNS = 60


class SurvivalForestExpert(Forest):
    """Random forest of martingale residuals, scaled to log-hazards out of bag.

    Parameters
    ----------
    random_state : int, default=None
        Draws patients and columns of the trees.
    """

    def fit(self, X, y, sample_weight=None):
        """Grow the trees."""
        weight = np.ones(len(y)) if sample_weight is None else sample_weight
        residual = y[:, 2] - cumulative_baseline(y, weight)
        n_columns = int(np.clip(0.3 * X.shape[1], 1, _MOST_COLUMNS))
        tree = partial(
            DecisionTreeRegressor, min_samples_leaf=5, max_features=n_columns
        )
        self._fit(tree, X, residual, weight)
        score = self._out_of_bag[1][:, 0]
        self.mean_ = np.average(score, weights=weight)
        self.scale_ = hazard_scale(score, y, weight)
        return self

    def out_of_bag(self):
        """All training patients, and log-hazards of the trees without the patient."""
        score = self._out_of_bag[1][:, 0]
        log_hazard = self.scale_ * (score - self.mean_)
        return np.ones(len(log_hazard), bool), log_hazard

    def predict(self, X):
        """Log-hazard against that of the mean patient."""
        return self.scale_ * (self.trees_.mean(X)[:, 0] - self.mean_)
