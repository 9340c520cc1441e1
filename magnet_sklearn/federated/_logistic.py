"""Ridge logistic regression on the patients of all sites."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from magnet_sklearn.experts import (
    FAIR,
    FINE,
    HOPELESS,
    ROUGH,
    TOLERANCE,
    RidgeLogisticCV,
    minimise,
)
from magnet_sklearn.federated._axes import PooledAxes
from magnet_sklearn.federated._conversation import total
from magnet_sklearn.federated._site import EVERYBODY

_LEAST_VARIANCE = 1e-3


@dataclass
class _Evaluated:
    """Gradient and variance of the classes at some coefficients."""

    gradient: np.ndarray
    variance: np.ndarray


class SummedLosses:
    """Logistic losses of several folds, summed over sites.

    It does for `minimise` what `LogisticLosses` does where all patients are at hand:
    what that calls logits are the coefficients themselves, as both are linear.

    Parameters
    ----------
    ask : callable
        Asks all sites.
    key : (str, int)
        Family and view.
    axes : PooledAxes
        Of its features.
    classes : list of int
        Classes that all these folds have.
    folds : list of int
        Which fold each problem leaves out.
    weights : ndarray of shape (n_folds,)
        Weights of the patients of each problem.
    largest : float
        Weights of those who are in any problem.
    """

    def __init__(self, ask, key, axes, classes, folds, weights, largest):
        self.ask, self.axes = ask, axes
        self.request = {"family": key[0], "place": key[1]}
        self.request |= {"classes": list(classes), "folds": list(folds)}
        n_logits = 1 if len(classes) == 2 else len(classes)
        self.shape = (len(folds), n_logits, 1 + axes.axes.shape[1])
        self._weights = np.asarray(weights)[:, None]
        self._squares = np.r_[largest, axes.scatter]

    def columns(self, beta):
        """Coefficients of the features, and intercepts."""
        coef = beta[:, :, 1:] @ self.axes.axes.T
        return coef, beta[:, :, 0] - coef @ self.axes.mean

    def logits(self, beta):
        """Return the coefficients, in place of logits of patients elsewhere."""
        return beta

    def losses(self, beta):
        """Loss of each fold without penalty, and what its derivatives need."""
        coef, intercept = self.columns(beta)
        like = {"loss": self.shape[:1], "coef": coef.shape}
        like |= {"intercept": intercept.shape, "variance": intercept.shape}
        request = {**self.request, "coef": coef, "intercept": intercept}
        replies = self.ask("logistic", request, like)
        along_mean = total(replies, "intercept")
        slope = total(replies, "coef") - along_mean[:, :, None] * self.axes.mean
        gradient = np.concatenate(
            [along_mean[:, :, None], slope @ self.axes.axes], axis=2
        )
        evaluated = _Evaluated(gradient, total(replies, "variance"))
        return total(replies, "loss"), evaluated

    def gradient(self, evaluated):
        """Gradient by the coefficients without penalty."""
        return evaluated.gradient

    def metric(self, evaluated, ridge):
        """Inverse curvature along the axes, for the mean variance of the classes."""
        variance = np.maximum(evaluated.variance / self._weights, _LEAST_VARIANCE)
        return 1.0 / (variance[:, :, None] * self._squares + ridge)


class _Problems:
    """Problems of several folds; those that have the same classes are one."""

    def __init__(self, ask, key, axes, counts, folds):
        self.n_folds = len(folds)
        members: dict[tuple, list[int]] = {}
        for number, fold in enumerate(folds):
            members.setdefault(counts.classes(fold), []).append(number)
        largest = counts.weight_in_any(folds)
        self.groups = []
        for classes, numbers in members.items():
            own = [folds[number] for number in numbers]
            weights = [counts.weight(fold) for fold in own]
            losses = SummedLosses(ask, key, axes, classes, own, weights, largest)
            self.groups.append((np.array(classes), numbers, losses))

    def zeros(self):
        return [np.zeros(losses.shape) for _, _, losses in self.groups]

    def solve(self, C, start, *, tol=FINE):
        pairs = zip(self.groups, start, strict=True)
        return [minimise(ls, 1.0 / C, beta, tol=tol) for (_, _, ls), beta in pairs]

    def held_out(self, ask, solutions):
        """Ask for sums over held-out patients of their losses at all penalties."""
        groups = []
        for number, (classes, _, losses) in enumerate(self.groups):
            columns = [losses.columns(solution[number]) for solution in solutions]
            coef, intercept = map(np.stack, zip(*columns, strict=True))
            groups.append(
                {
                    "classes": classes.tolist(),
                    "folds": losses.request["folds"],
                    "coef": coef,
                    "intercept": intercept,
                }
            )
        own = {name: self.groups[0][2].request[name] for name in ("family", "place")}
        n = len(solutions)
        like = {"n": (), "sums": (n,), "products": (n, n)}
        replies = ask("held_out_logistic", {**own, "groups": groups}, like)
        return LossSums(*(total(replies, name) for name in like))

    def coefficients(self, solution):
        """Classes, coefficients and intercepts of each fold."""
        found: list = [None] * self.n_folds
        for (classes, numbers, losses), beta in zip(self.groups, solution, strict=True):
            coef, intercept = losses.columns(beta)
            for place, number in enumerate(numbers):
                found[number] = classes, coef[place], intercept[place]
        return found


@dataclass(frozen=True)
class LossSums:
    """Sums of losses at several penalties, and of their products, over n patients."""

    n: float
    sums: np.ndarray
    products: np.ndarray

    def strongest_good(self) -> int:
        """Place of the strongest penalty that is hardly told from the best one.

        The same rule as where the patients are at hand, from sums.
        """
        excess, spread = self._excess(int(np.argmin(self.sums)))
        return int(np.argmax(excess <= TOLERANCE * spread + 1e-9))

    def last_is_hopeless(self) -> bool:
        """Whether the last penalty is clearly worse than the best one so far."""
        excess, spread = self._excess(int(np.argmin(self.sums)))
        return bool(excess[-1] > HOPELESS * spread[-1] > 0)

    def _excess(self, best):
        """Return sums of the differences to the best one, and standard errors."""
        squares = np.diag(self.products)
        excess = self.sums - self.sums[best]
        of_excess = squares - 2 * self.products[best] + squares[best]
        variance = np.maximum(of_excess / self.n - (excess / self.n) ** 2, 0.0)
        variance[best] = 0.0
        return excess, np.sqrt(variance * self.n)


def fit_logistic(ask, expert: RidgeLogisticCV, key, width, counts, folds):
    """Fit an expert at the penalty of the least held-out loss, and so each fold.

    Parameters
    ----------
    ask : callable
        Asks all sites.
    expert : RidgeLogisticCV
        Not fitted; its penalties are tried.
    key : (str, int)
        Family and view.
    width : int
        Number of features.
    counts : ClassCounts
        Patients of the view.
    folds : list of int
        Folds that can be left out.

    Returns
    -------
    of_everybody, of_folds : tuple, list of tuple
        Classes, coefficients and intercepts.
    """
    axes = PooledAxes(ask, key, width, counts)
    problems = _Problems(ask, key, axes, counts, folds)
    solutions, sums = [problems.zeros()], None
    for C in expert.Cs if folds else ():
        solutions.append(problems.solve(C, solutions[-1], tol=ROUGH))
        sums = problems.held_out(ask, solutions[1:])
        if sums.last_is_hopeless():
            break
    place = -1
    if sums is not None and sums.n:
        place = sums.strongest_good()
        expert.C = expert.Cs[place]
    solution = problems.solve(expert.C, solutions[place + 1], tol=FAIR)
    everybody = _Problems(ask, key, axes, counts, [EVERYBODY])
    start = everybody.zeros()
    if problems.groups and problems.groups[0][2].shape[1:] == start[0].shape[1:]:
        start = [solution[0].mean(axis=0, keepdims=True)]
    fitted = everybody.coefficients(everybody.solve(expert.C, start))[0]
    return fitted, problems.coefficients(solution)
