"""Elastic net regression whose penalty is chosen out of fold."""

import warnings
from abc import abstractmethod

import numpy as np
from scipy.special import expit, softmax
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin, clone
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
        :math:`\lambda`; `cross_fit` sets it.
    """

    def __init__(self, *, l1_ratio=0.9, penalty=0.1):
        self.l1_ratio = l1_ratio
        self.penalty = penalty

    def cross_fit(self, X, y, weight, folds):
        """Fit at the strongest `penalty` whose loss is hardly worse, and so each fold.

        The solutions of the folds are those found on the way, made precise.
        """
        everybody = self._solution(X, y, weight)
        solutions = [
            self._solution(X[rows], y[rows], weight[rows]) for rows, _ in folds
        ]
        losses, states, best = [], [], 0
        penalties = everybody.strongest_penalty() * np.array(_SHARES)
        for place, penalty in enumerate(penalties if folds else ()):
            for solution in solutions:
                solution.solve(penalty, _SMALL_GAIN_OF_FOLDS)
            states.append([solution.state for solution in solutions])
            held_out = [
                solution.held_out(X[rows], y[rows], weight[rows])
                for solution, (_, rows) in zip(solutions, folds, strict=True)
            ]
            losses.append(np.concatenate(held_out))
            best = place if losses[place].sum() < losses[best].sum() else best
            if place - best >= _PATIENCE:
                break
        if losses:
            place = strongest_good(np.column_stack(losses))
            self.penalty = penalties[place]
            for solution, state in zip(solutions, states[place], strict=True):
                solution.state = state
        self._keep(everybody.solve(self.penalty))
        return [clone(self)._keep(own.solve(self.penalty)) for own in solutions]

    def fit(self, X, y, sample_weight=None):
        """Fit at `penalty`."""
        weight = np.ones(len(y)) if sample_weight is None else sample_weight
        return self._keep(self._solution(X, y, weight).solve(self.penalty))

    @abstractmethod
    def _loss(self, y, weight):
        """Loss of the training patients."""

    def _solution(self, X, y, weight):
        """Solution of some patients, yet without features."""
        return _Solution(X, self._loss(y, weight), self.l1_ratio)

    def _keep(self, solution):
        """Keep what was learned."""
        self.coef_, self.intercept_, _ = solution.state
        return self

    def _linear(self, X):
        return X @ self.coef_.T + self.intercept_


class SparseLogistic(ClassifierMixin, ElasticNetExpert):
    """Multinomial logistic regression with an elastic net penalty."""

    def _loss(self, y, weight):
        return ClassesLoss(y, weight)

    def _keep(self, solution):
        self.classes_ = solution.loss.classes
        return super()._keep(solution)

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

    def _keep(self, solution):
        super()._keep(solution)
        mean = np.average(solution.X, axis=0, weights=solution.loss.weight)
        self.intercept_ = -self.coef_ @ mean  # the mean patient has log-hazard 0
        return self

    def predict(self, X):
        """Log-hazard against that of the mean patient."""
        return self._linear(X)[:, 0]


class _Solution:
    """Coefficients of least penalised loss; each solution starts from the last one."""

    def __init__(self, X, loss, l1_ratio):
        self.X, self.loss, self.l1_ratio = np.asfortranarray(X), loss, l1_ratio
        intercept = np.array(loss.intercept)
        coef = np.zeros((len(intercept), X.shape[1]))
        # coefficients, intercepts, and the outputs of the training patients
        self.state = coef, intercept, np.tile(intercept, (len(X), 1))
        self._null = abs(loss.value(self.state[2]))

    def strongest_penalty(self):
        """Least penalty that leaves no feature."""
        coef, _, linear = self.state
        slopes = [
            self.X.T @ self.loss.derivatives(linear, place)[0]
            for place in range(len(coef))
        ]
        return max(np.abs(slopes).max() / self.loss.total / self.l1_ratio, 1e-9)

    def solve(self, penalty, small_gain=_SMALL_GAIN):
        """Go to the solution of a penalty."""
        coef, _, linear = self.state
        value = self._objective(penalty, coef, linear)
        for _ in range(_MAX_STEPS):
            before = value
            for place in range(len(coef)):
                value = self._step(penalty, place, value)
            if before - value < small_gain * self._null:
                break
        return self

    def held_out(self, X, y, weight):
        """Losses of patients that the solution has not been learned from."""
        coef, intercept, linear = self.state
        return self.loss.held_out(X @ coef.T + intercept, y, weight, linear)

    def _objective(self, penalty, coef, linear):
        absolute, square = np.abs(coef).sum(), np.vdot(coef, coef)
        size = self.l1_ratio * absolute + 0.5 * (1 - self.l1_ratio) * square
        return self.loss.value(linear) + self.loss.total * penalty * size

    def _step(self, penalty, place, value):
        """Move the coefficients of one output; halve the move until it goes down."""
        before = self.state
        gradient, curvature = self.loss.derivatives(before[2], place)
        curvature = np.maximum(curvature, 1e-3 * curvature.max() + 1e-12)
        model = ElasticNet(
            penalty * self.loss.total / curvature.sum(),
            l1_ratio=self.l1_ratio,
            warm_start=True,
            tol=1e-4,
        )
        model.coef_ = before[0][place].copy()
        response = before[2][:, place] - gradient / curvature
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            model.fit(self.X, response, sample_weight=curvature)
        move = model.coef_ - before[0][place], model.intercept_ - before[1][place]
        moves = *move, self.X @ move[0] + move[1]
        for size in 0.5 ** np.arange(8):
            coef, intercept, linear = (part.copy() for part in before)
            coef[place] += size * moves[0]
            intercept[place] += size * moves[1]
            linear[:, place] += size * moves[2]
            lower = self._objective(penalty, coef, linear)
            if lower < value:
                self.state = coef, intercept, linear
                return lower
        return value
