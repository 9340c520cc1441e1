"""Ridge-penalised Cox regression whose penalty is chosen out of fold."""

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from sklearn.base import BaseEstimator, clone

from magnet_sklearn.experts._ridge_logistic import strongest_good

_MAX_STEPS = 30
_SMALL_GAIN = 1e-4  # in log-likelihood


class RidgeCox(BaseEstimator):
    r"""Cox regression with an L2 penalty, ties by Breslow.

    Minimises the negative log partial likelihood plus :math:`\frac 1 2 \lambda n
    \lVert \beta \rVert^2` by Newton's method, in the space of the patients where there
    are more features than patients.

    Parameters
    ----------
    penalty : float, default=0.1
        :math:`\lambda`; `cross_fit` sets it.
    penalties : tuple of float, default=(30.0, 10.0, 3.0, 1.0, 0.3, 0.1, 1e-2)
        Penalties to choose from, strongest first.
    """

    def __init__(
        self, *, penalty=0.1, penalties=(30.0, 10.0, 3.0, 1.0, 0.3, 0.1, 1e-2)
    ):
        self.penalty = penalty
        self.penalties = penalties

    def cross_fit(self, X, y, weight, folds):
        """Fit at the `penalty` of the best partial likelihood, and so each fold.

        A fold's share is the log partial likelihood of all patients less that of the
        training ones, both at the training coefficients (P. Verweij, H. van
        Houwelingen, Statistics in Medicine 12, 1993).
        """
        losses = np.zeros((len(folds), len(self.penalties)))
        coefs = []
        for row, (train, held_out) in enumerate(folds):
            everybody = np.concatenate([train, held_out])
            basis, scores = _rotate(X[train])
            rotated = X[everybody] @ basis
            risk_sets = [RiskSets(y[rows], weight[rows]) for rows in (train, everybody)]
            betas = [np.zeros(basis.shape[1])]
            problem = CoxProblem(scores, risk_sets[0])
            for column, penalty in enumerate(self.penalties):
                beta = newton(problem, penalty * len(train), betas[-1])
                losses[row, column] = risk_sets[1].loss(rotated @ beta)
                losses[row, column] -= risk_sets[0].loss(scores @ beta)
                betas.append(beta)
            coefs.append(basis @ np.transpose(betas[1:]))
        place = strongest_good(losses) if folds else 0
        if folds:
            self.penalty = self.penalties[place]
        self.fit(X, y, sample_weight=weight)
        return [
            clone(self)._keep(coef[:, place], X[train], weight[train])
            for coef, (train, _) in zip(coefs, folds, strict=True)
        ]

    def fit(self, X, y, sample_weight=None):
        """Fit at `penalty`."""
        weight = np.ones(len(y)) if sample_weight is None else sample_weight
        basis, scores = _rotate(X)
        start = np.zeros(basis.shape[1])
        problem = CoxProblem(scores, RiskSets(y, weight))
        beta = newton(problem, self.penalty * len(y), start)
        return self._keep(basis @ beta, X, weight)

    def predict(self, X):
        """Log-hazard against that of the mean patient."""
        return X @ self.coef_ + self.intercept_

    def _keep(self, coef, X, weight):
        """Keep what was learned from some patients."""
        mean = np.average(X, axis=0, weights=weight)
        self.coef_, self.intercept_ = coef, -mean @ coef
        return self


class RiskSets:
    """Partial likelihood (Breslow's ties) of some patients and its derivatives."""

    def __init__(self, y, weight):
        entry, time, event, stratum = y.T
        self.weight = weight
        self.event = weight * event
        self._strata = []
        for value in np.unique(stratum):
            rows = np.flatnonzero(stratum == value)
            times = np.unique(time[rows][event[rows] > 0])
            last = np.searchsorted(times, time[rows], side="right")
            first = np.searchsorted(times, entry[rows], side="right")
            of_event = np.flatnonzero(event[rows] > 0)
            deaths = np.bincount(
                last[of_event] - 1, weight[rows][of_event], minlength=len(times)
            )
            self._strata.append((rows, first, last, deaths))

    def loss(self, log_hazard):
        """Negative log partial likelihood."""
        top = log_hazard.max()
        theta = self.weight * np.exp(log_hazard - top)
        total = -self.event @ (log_hazard - top)
        for rows, first, last, deaths in self._strata:
            at_risk = _sum_between(theta[rows], first, last, len(deaths))
            total += deaths @ np.log(at_risk + 1e-300)
        return total

    def derivatives(self, log_hazard):
        """Gradient by the log-hazards and an upper bound of the Hessian's diagonal.

        The negative rank-one terms of the Hessian are left out.
        """
        theta = self.weight * np.exp(log_hazard - log_hazard.max())
        expected = np.zeros(len(theta))
        for rows, first, last, deaths in self._strata:
            at_risk = _sum_between(theta[rows], first, last, len(deaths))
            hazard = np.r_[0.0, np.cumsum(deaths / (at_risk + 1e-300))]
            expected[rows] = theta[rows] * (hazard[last] - hazard[first])
        return expected - self.event, expected


def _sum_between(theta, first, last, n_times):
    """Sum of theta over the patients at risk at each time.

    Added up from the last time, so that small sums are not differences of large ones.
    """
    not_out = np.bincount(last, theta, minlength=n_times + 1)[::-1].cumsum()[::-1]
    not_in = np.bincount(first, theta, minlength=n_times + 1)[::-1].cumsum()[::-1]
    return np.maximum(not_out - not_in, 0.0)[1:]


def _rotate(X):
    """Orthonormal basis of the patients' features, and the patients in it."""
    n_patients, n_features = X.shape
    if n_features <= n_patients:
        return np.eye(n_features), X
    left, scale, right = np.linalg.svd(X, full_matrices=False)
    kept = scale > scale[0] * 1e-10
    return right[kept].T, left[:, kept] * scale[kept]


class CoxProblem:
    """Partial likelihood of some patients as a function of coefficients."""

    def __init__(self, X, risk_sets):
        self.X, self.risk_sets = X, risk_sets

    def loss(self, beta):
        """Negative log partial likelihood."""
        return self.risk_sets.loss(self.X @ beta)

    def derivatives(self, beta):
        """Gradient and an upper bound of the Hessian."""
        gradient, curvature = self.risk_sets.derivatives(self.X @ beta)
        return self.X.T @ gradient, (self.X * curvature[:, None]).T @ self.X


def newton(problem, penalty, beta):
    """Coefficients of least penalised loss, from a start.

    Steps use an upper bound of the Hessian and are halved until they go down.
    """

    def objective(beta):
        return problem.loss(beta) + 0.5 * penalty * beta @ beta

    loss = objective(beta)
    for _ in range(_MAX_STEPS):
        gradient, hessian = problem.derivatives(beta)
        hessian[np.diag_indices_from(hessian)] += penalty
        step = cho_solve(cho_factor(hessian), gradient + penalty * beta)
        while (lower := objective(beta - step)) > loss and np.abs(step).max() > 1e-12:
            step = step / 2
        beta, gained, loss = beta - step, loss - lower, lower
        if gained < _SMALL_GAIN:
            break
    return beta
