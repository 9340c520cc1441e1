"""Ridge regression whose penalty is chosen out of fold."""

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin, clone

from magnet_sklearn.experts._ridge_logistic import strongest_good
from magnet_sklearn.experts._rotation import Rotation


class RidgeCV(RegressorMixin, BaseEstimator):
    """Ridge regression with the penalty of the best fold error.

    Unlike :class:`sklearn.linear_model.RidgeCV` it takes the folds and weights of the
    caller and prefers a stronger penalty among those that are hardly told apart.

    Parameters
    ----------
    penalty : float, default=1.0
        Penalty per patient; `cross_fit` sets it.
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

    def cross_fit(self, X, y, weight, folds):
        """Fit at the `penalty` of the least held-out error, and so each fold."""
        errors = np.full((len(y), len(self.penalties)), np.nan)
        solved = []
        for train, held_out in folds:
            solved.append(_solve(X[train], y[train], weight[train], self.penalties))
            coef, intercept = solved[-1]
            residual = y[held_out, None] - X[held_out] @ coef - intercept
            errors[held_out] = weight[held_out, None] * residual**2
        errors = errors[~np.isnan(errors[:, 0])]
        place = strongest_good(errors) if len(errors) else 0
        if len(errors):
            self.penalty = self.penalties[place]
        self.fit(X, y, sample_weight=weight)
        return [
            clone(self)._keep(coef[:, place], intercept[place])
            for coef, intercept in solved
        ]

    def fit(self, X, y, sample_weight=None):
        """Fit at `penalty`."""
        weight = np.ones(len(y)) if sample_weight is None else sample_weight
        coef, intercept = _solve(X, y, weight, [self.penalty])
        return self._keep(coef[:, 0], intercept[0])

    def predict(self, X):
        """Predict numbers."""
        return X @ self.coef_ + self.intercept_

    def _keep(self, coef, intercept):
        """Keep what was learned."""
        self.coef_, self.intercept_ = coef, intercept
        return self


def _solve(X, y, weight, penalties):
    """Coefficients and intercepts, one column a penalty."""
    rotation = Rotation(X, weight)
    mean = weight @ y / weight.sum()
    product = rotation.scores.T @ (weight * (y - mean))
    ridge = len(y) * np.array(penalties)
    coef = rotation.axes @ (product[:, None] / (rotation.scatter[:, None] + ridge))
    return coef, mean - rotation.mean @ coef
