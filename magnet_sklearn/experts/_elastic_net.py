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
        X = np.asfortranarray(X)  # for all solutions, of which none copies rows
        everybody = self._solution(X, y, weight, np.arange(len(y)))
        solutions = [self._solution(X, y, weight, rows) for rows, _ in folds]
        losses, states, best = [], [], 0
        penalties = everybody.strongest_penalty() * np.array(_SHARES)
        for place, penalty in enumerate(penalties if folds else ()):
            for solution in solutions:
                solution.solve(penalty, _SMALL_GAIN_OF_FOLDS)
            states.append([solution.state for solution in solutions])
            held_out = [
                solution.held_out(rows, y[rows], weight[rows])
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
        solution = self._solution(np.asfortranarray(X), y, weight, np.arange(len(y)))
        return self._keep(solution.solve(self.penalty))

    @abstractmethod
    def _loss(self, y, weight):
        """Loss of the training patients."""

    def _solution(self, X, y, weight, rows):
        """Solution of some patients, yet without features."""
        return _Solution(X, rows, self._loss(y[rows], weight[rows]), self.l1_ratio)

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
        weight = solution.of_all(solution.loss.weight)
        mean = weight @ solution.X / weight.sum()
        self.intercept_ = -self.coef_ @ mean  # the mean patient has log-hazard 0
        return self

    def predict(self, X):
        """Log-hazard against that of the mean patient."""
        return self._linear(X)[:, 0]


class _Solution:
    """Coefficients of least penalised loss; each solution starts from the last one.

    Patients who are not among the `rows` that it learns from have weight 0.
    """

    def __init__(self, X, rows, loss, l1_ratio):
        self.X, self.rows, self.loss, self.l1_ratio = X, rows, loss, l1_ratio
        intercept = np.array(loss.intercept)
        coef = np.zeros((len(intercept), X.shape[1]))
        # coefficients, intercepts, and the outputs of all patients
        self.state = coef, intercept, np.tile(intercept, (len(X), 1))
        self._null = abs(loss.value(self.state[2][rows]))

    def of_all(self, values):
        """Put values of the patients learned from among all; 0 for the others."""
        spread = np.zeros(len(self.X))
        spread[self.rows] = values
        return spread

    def strongest_penalty(self):
        """Least penalty that leaves no feature."""
        coef, _, linear = self.state
        slopes = [
            self.of_all(self.loss.derivatives(linear[self.rows], place)[0]) @ self.X
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

    def held_out(self, rows, y, weight):
        """Losses of patients that the solution has not been learned from."""
        outputs = self.state[2]
        return self.loss.held_out(outputs[rows], y, weight, outputs[self.rows])

    def _objective(self, penalty, coef, linear):
        absolute, square = np.abs(coef).sum(), np.vdot(coef, coef)
        size = self.l1_ratio * absolute + 0.5 * (1 - self.l1_ratio) * square
        value = self.loss.value(linear[self.rows])
        return value + self.loss.total * penalty * size

    def _step(self, penalty, place, value):
        """Move the coefficients of one output; halve the move until it goes down."""
        before = self.state
        linear = before[2][self.rows]
        gradient, curvature = self.loss.derivatives(linear, place)
        curvature = np.maximum(curvature, 1e-3 * curvature.max() + 1e-12)
        model = ElasticNet(
            penalty * self.loss.total / curvature.sum(),
            l1_ratio=self.l1_ratio,
            warm_start=True,
            tol=1e-4,
        )
        model.coef_ = before[0][place].copy()
        response = self.of_all(linear[:, place] - gradient / curvature)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            model.fit(self.X, response, sample_weight=self.of_all(curvature))
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
