"""Elastic net regression whose penalty is chosen out of fold."""

import warnings
from abc import abstractmethod

import numpy as np
from scipy.special import expit, softmax
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import ElasticNet

from magnet_sklearn.experts._elastic_losses import ClassesLoss, CoxLoss, SquaredLoss
from magnet_sklearn.experts._ridge_logistic import strongest_good

# Penalties to choose from, as shares of the least one that leaves no feature.
_SHARES = (1.0, 0.7, 0.5, 0.35, 0.25, 0.17, 0.12, 0.08, 0.05, 0.03, 0.02, 0.01)
# Weaker penalties are not tried once so many in a row have been worse than the best.
_PATIENCE = 2
_MAX_STEPS = 20
# Steps end once they gain less than this share of the loss without features.
_SMALL_GAIN, _SMALL_GAIN_OF_FOLDS = 1e-6, 1e-4


class ElasticNetExpert(BaseEstimator):
    r"""Linear model with an elastic net penalty, for any convex loss.

    Minimises the weighted mean loss plus :math:`\lambda (\alpha \lVert \beta \rVert_1 +
    \frac{1 - \alpha} 2 \lVert \beta \rVert^2)` by proximal Newton steps: scikit-learn's
    coordinate descent solves each of the quadratic approximations.

    Parameters
    ----------
    l1_ratio : float, default=0.9
        :math:`\alpha`; 1 is the lasso.
    penalty : float, default=0.1
        :math:`\lambda`; `choose_penalty` sets it.
    """

    def __init__(self, *, l1_ratio=0.9, penalty=0.1):
        self.l1_ratio = l1_ratio
        self.penalty = penalty

    def choose_penalty(self, X, y, weight, folds):
        """Set `penalty` to the strongest one whose held-out loss is hardly worse."""
        start = _Solution(X, self._loss(y, weight), self.l1_ratio)
        penalties = start.strongest_penalty() * np.array(_SHARES)
        solutions = [
            _Solution(X[train], self._loss(y[train], weight[train]), self.l1_ratio)
            for train, _ in folds
        ]
        losses, best = [], 0
        for place, penalty in enumerate(penalties if folds else ()):
            losses.append(
                np.concatenate(
                    [
                        solution.solve(penalty, _SMALL_GAIN_OF_FOLDS).held_out(
                            X, y, weight, *fold
                        )
                        for solution, fold in zip(solutions, folds, strict=True)
                    ]
                )
            )
            best = place if losses[place].sum() < losses[best].sum() else best
            if place - best >= _PATIENCE:
                break
        if losses:
            self.penalty = penalties[strongest_good(np.column_stack(losses))]
        return self

    def fit(self, X, y, sample_weight=None):
        """Fit at `penalty`."""
        weight = np.ones(len(y)) if sample_weight is None else sample_weight
        loss = self._loss(y, weight)
        solution = _Solution(X, loss, self.l1_ratio).solve(self.penalty)
        self.coef_, self.intercept_ = solution.coef, solution.intercept
        if hasattr(loss, "classes"):
            self.classes_ = loss.classes
        return self

    @abstractmethod
    def _loss(self, y, weight):
        """Loss of the training patients."""

    def _linear(self, X):
        return X @ self.coef_.T + self.intercept_


class SparseLogistic(ClassifierMixin, ElasticNetExpert):
    """Multinomial logistic regression with an elastic net penalty."""

    def _loss(self, y, weight):
        return ClassesLoss(y, weight)

    def predict_proba(self, X):
        """Probabilities of the classes in `classes_`."""
        logits = self._linear(X)
        if logits.shape[1] > 1:
            return softmax(logits, axis=1)
        return np.hstack([expit(-logits), expit(logits)])


class SparseNumbers(RegressorMixin, ElasticNetExpert):
    """Linear regression with an elastic net penalty."""

    def _loss(self, y, weight):
        return SquaredLoss(y, weight)

    def predict(self, X):
        """Predict numbers."""
        return self._linear(X)[:, 0]


class SparseCox(ElasticNetExpert):
    """Cox regression with an elastic net penalty, ties by Breslow."""

    def _loss(self, y, weight):
        return CoxLoss(y, weight)

    def fit(self, X, y, sample_weight=None):
        """Fit at `penalty`; the mean patient has log-hazard 0."""
        super().fit(X, y, sample_weight)
        self.intercept_ = -self.coef_ @ np.average(X, axis=0, weights=sample_weight)
        return self

    def predict(self, X):
        """Log-hazard against that of the mean patient."""
        return self._linear(X)[:, 0]


class _Solution:
    """Coefficients of least penalised loss; each solution starts from the last one."""

    def __init__(self, X, loss, l1_ratio):
        self.X, self.loss, self.l1_ratio = np.asfortranarray(X), loss, l1_ratio
        self.intercept = np.array(loss.intercept)
        self.coef = np.zeros((len(self.intercept), X.shape[1]))
        self._linear = np.tile(self.intercept, (len(X), 1))
        self._null = abs(loss.value(self._linear))

    def strongest_penalty(self):
        """Least penalty that leaves no feature."""
        slopes = [
            self.X.T @ self.loss.derivatives(self._linear, place)[0]
            for place in range(len(self.coef))
        ]
        return max(np.abs(slopes).max() / self.loss.total / self.l1_ratio, 1e-9)

    def solve(self, penalty, small_gain=_SMALL_GAIN):
        """Go to the solution of a penalty."""
        value = self._objective(penalty, self.coef, self._linear)
        for _ in range(_MAX_STEPS):
            before = value
            for place in range(len(self.coef)):
                value = self._step(penalty, place, value)
            if before - value < small_gain * self._null:
                break
        return self

    def held_out(self, X, y, weight, train, held_out):
        """Losses that the solution of the training patients has on others."""
        outputs = X[held_out] @ self.coef.T + self.intercept
        return self.loss.held_out(outputs, y[held_out], weight[held_out], self._linear)

    def _objective(self, penalty, coef, linear):
        absolute, square = np.abs(coef).sum(), np.vdot(coef, coef)
        size = self.l1_ratio * absolute + 0.5 * (1 - self.l1_ratio) * square
        return self.loss.value(linear) + self.loss.total * penalty * size

    def _step(self, penalty, place, value):
        """Move the coefficients of one output; halve the move until it goes down."""
        gradient, curvature = self.loss.derivatives(self._linear, place)
        curvature = np.maximum(curvature, 1e-3 * curvature.max() + 1e-12)
        model = ElasticNet(
            penalty * self.loss.total / curvature.sum(),
            l1_ratio=self.l1_ratio,
            warm_start=True,
            tol=1e-4,
        )
        model.coef_ = self.coef[place].copy()
        response = self._linear[:, place] - gradient / curvature
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            model.fit(self.X, response, sample_weight=curvature)
        move = model.coef_ - self.coef[place], model.intercept_ - self.intercept[place]
        change = self.X @ move[0] + move[1]
        for size in 0.5 ** np.arange(8):
            coef, linear = self.coef.copy(), self._linear.copy()
            coef[place] += size * move[0]
            linear[:, place] += size * change
            lower = self._objective(penalty, coef, linear)
            if lower < value:
                self.coef, self._linear = coef, linear
                self.intercept[place] += size * move[1]
                return lower
        return value
