"""Ridge regression whose penalty is chosen out of fold."""

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.linear_model import Ridge

from magnet_sklearn.experts._ridge_logistic import strongest_good


class RidgeCV(RegressorMixin, BaseEstimator):
    """Ridge regression with the penalty of the best fold error.

    Unlike :class:`sklearn.linear_model.RidgeCV` it takes the folds and weights of the
    caller and prefers a stronger penalty among those that are hardly told apart.

    Parameters
    ----------
    penalty : float, default=1.0
        Penalty per patient; `choose_penalty` sets it.
    penalties : tuple of float, default=(30.0, 10.0, 3.0, 1.0, 0.3, 0.1, 1e-2, 1e-3)
        Penalties to choose from, strongest first.
    """

    def __init__(
        self,
        *,
        penalty=1.0,
        penalties=(30.0, 10.0, 3.0, 1.0, 0.3, 0.1, 1e-2, 1e-3),
    ):
        self.penalty = penalty
        self.penalties = penalties

    def choose_penalty(self, X, y, weight, folds):
        """Set `penalty` to the one with the least pooled held-out squared error."""
        errors = np.full((len(y), len(self.penalties)), np.nan)
        for train, held_out in folds:
            for column, penalty in enumerate(self.penalties):
                model = Ridge(alpha=penalty * len(train))
                model.fit(X[train], y[train], sample_weight=weight[train])
                residual = y[held_out] - model.predict(X[held_out])
                errors[held_out, column] = weight[held_out] * residual**2
        errors = errors[~np.isnan(errors[:, 0])]
        if len(errors):
            self.penalty = self.penalties[strongest_good(errors)]
        return self

    def fit(self, X, y, sample_weight=None):
        """Fit at `penalty`."""
        self.model_ = Ridge(alpha=self.penalty * len(y))
        self.model_.fit(X, y, sample_weight=sample_weight)
        return self

    def predict(self, X):
        """Predict numbers."""
        return X @ self.model_.coef_ + self.model_.intercept_
