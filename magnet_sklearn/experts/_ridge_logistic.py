"""Ridge logistic regression whose penalty is chosen out of fold."""

import numpy as np
from scipy.special import expit, softmax
from sklearn.base import BaseEstimator, ClassifierMixin, clone

from magnet_sklearn.experts._logistic import LogisticLosses, minimise
from magnet_sklearn.experts._rotation import Rotation

# Standard errors of the paired difference that a stronger penalty may cost.
TOLERANCE = 0.3
# And those by which a weaker one loses so that even weaker ones are not tried.
HOPELESS = 3.0
# Precision at which to compare penalties, of held-out predictions, of all others.
ROUGH, FAIR, FINE = 1e-1, 1e-3, 1e-5


class RidgeLogisticCV(ClassifierMixin, BaseEstimator):
    """Multinomial logistic regression with the penalty of the best fold loss.

    Unlike :class:`sklearn.linear_model.LogisticRegressionCV` it takes the folds
    and weights of the caller, pools the log loss over all held-out patients and
    computes all folds at once, in the span of the patients.

    Parameters
    ----------
    C : float, default=0.01
        Inverse penalty; `cross_fit` sets it.
    Cs : tuple of float, default=(1e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 1.0)
        Inverse penalties to choose from, ascending.
    """

    def __init__(self, *, C=0.01, Cs=(1e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 1.0)):
        self.C = C
        self.Cs = Cs

    def cross_fit(self, X, y, weight, folds):
        """Fit at the `C` with the least pooled held-out log loss, and so each fold.

        Parameters
        ----------
        X : ndarray of shape (n_patients, n_features)
            Standardised features.
        y : ndarray of shape (n_patients,)
            Classes.
        weight : ndarray of shape (n_patients,)
            Weights of the patients.
        folds : list of (train, held_out) index arrays
            Whom to learn from, and whom to compare penalties on.

        Returns
        -------
        of_folds : list of RidgeLogisticCV
            Fitted on the training patients of each fold.
        """
        rotation = Rotation(X, weight)
        problems = _Folds(rotation, y, weight, [train for train, _ in folds])
        held_out = [rows for _, rows in folds]
        losses, solutions = [], [problems.zeros()]
        for C in self.Cs if folds else ():
            solutions.append(problems.solve(C, solutions[-1], tol=ROUGH))
            losses.append(problems.held_out_losses(solutions[-1], held_out))
            if _is_hopeless(losses):
                break
        known = [loss[~np.isnan(losses[0])] for loss in losses]
        place = -1
        if known and len(known[0]):
            place = strongest_good(np.column_stack(known))
            self.C = self.Cs[place]
        solution = problems.solve(self.C, solutions[place + 1], tol=FAIR)
        everybody = _Folds(rotation, y, weight, [np.arange(len(y))])
        start = everybody.zeros()
        if problems.groups and problems.groups[0][2].shape[1:] == start[0].shape[1:]:
            start = [solution[0].mean(axis=0, keepdims=True)]
        self._keep(*everybody.coefficients(everybody.solve(self.C, start))[0])
        return [clone(self)._keep(*fold) for fold in problems.coefficients(solution)]

    def fit(self, X, y, sample_weight=None):
        """Fit at penalty `C`.

        Parameters
        ----------
        X : ndarray of shape (n_patients, n_features)
            Standardised features.
        y : ndarray of shape (n_patients,)
            Classes.
        sample_weight : ndarray of shape (n_patients,), default=None
            Weights of the patients.

        Returns
        -------
        self : RidgeLogisticCV
            The fitted classifier.
        """
        weight = np.ones(len(y)) if sample_weight is None else sample_weight
        problem = _Folds(Rotation(X, weight), y, weight, [np.arange(len(y))])
        solution = problem.solve(self.C, problem.zeros())
        return self._keep(*problem.coefficients(solution)[0])

    def predict_proba(self, X):
        """Class probabilities.

        Parameters
        ----------
        X : ndarray of shape (n_patients, n_features)
            Standardised features.

        Returns
        -------
        probability : ndarray of shape (n_patients, n_classes)
            One column a class in `classes_`.
        """
        # scikit-learn's own checks cost more than predicting one patient
        logits = X @ self.coef_.T + self.intercept_
        if logits.shape[1] > 1:
            return softmax(logits, axis=1)
        return np.hstack([expit(-logits), expit(logits)])

    def predict(self, X):
        """Most probable class.

        Parameters
        ----------
        X : ndarray of shape (n_patients, n_features)
            Standardised features.

        Returns
        -------
        y : ndarray of shape (n_patients,)
            Classes.
        """
        return self.classes_[self.predict_proba(X).argmax(axis=1)]

    def _keep(self, classes, coef, intercept):
        """Keep what was learned."""
        self.classes_, self.coef_, self.intercept_ = classes, coef, intercept
        return self


class _Folds:
    """Problems of several folds; those that have the same classes are solved at once.

    Parameters
    ----------
    rotation : Rotation
        All patients.
    y, weight : ndarray of shape (n_patients,)
        Their classes and weights.
    trains : list of index arrays
        Patients that each fold learns from.
    """

    def __init__(self, rotation, y, weight, trains):
        self.y, self.weight, self.n_folds = y, weight, len(trains)
        self.rotation = rotation
        members: dict[tuple, list[int]] = {}
        for fold, train in enumerate(trains):
            members.setdefault(tuple(np.unique(y[train])), []).append(fold)
        self.groups = []
        for classes, folds in members.items():
            own = np.zeros((len(folds), len(y)))
            for row, fold in zip(own, folds, strict=True):
                row[trains[fold]] = weight[trains[fold]]
            labels = np.minimum(np.searchsorted(classes, y), len(classes) - 1)
            losses = LogisticLosses(self.rotation, labels, own, len(classes))
            self.groups.append((np.array(classes), folds, losses))

    def zeros(self):
        """Coefficients to start from, of each group."""
        return [np.zeros(losses.shape) for _, _, losses in self.groups]

    def solve(self, C, start, *, tol=FINE):
        """Coefficients at a penalty, of each group."""
        return [
            minimise(losses, 1.0 / C, beta, tol=tol)
            for (_, _, losses), beta in zip(self.groups, start, strict=True)
        ]

    def held_out_losses(self, solution, held_out):
        """Loss of each patient as held out; NaN where a fold lacks the class."""
        found = np.full(len(self.y), np.nan)
        for (classes, folds, losses), beta in zip(self.groups, solution, strict=True):
            probability = losses.losses(losses.logits(beta))[1]
            if len(classes) == 2:
                probability = np.hstack([1 - probability, probability])
            for place, fold in enumerate(folds):
                rows = held_out[fold]
                rows = rows[np.isin(self.y[rows], classes)]
                own = np.searchsorted(classes, self.y[rows])
                of_class = probability[place, own, rows]
                found[rows] = -self.weight[rows] * np.log(of_class + 1e-12)
        return found

    def coefficients(self, solution):
        """Classes, coefficients of the features and intercepts of each fold."""
        found: list = [None] * self.n_folds
        for (classes, folds, _), beta in zip(self.groups, solution, strict=True):
            coef = beta[:, :, 1:] @ self.rotation.axes.T
            intercept = beta[:, :, 0] - coef @ self.rotation.mean
            for place, fold in enumerate(folds):
                found[fold] = classes, coef[place], intercept[place]
        return found


def strongest_good(losses):
    """Place of the strongest penalty whose loss is hardly told from the least one.

    Penalties that differ by chance would be chosen by the folds' draw.

    Parameters
    ----------
    losses : ndarray of shape (n_patients, n_penalties)
        Held-out losses, strongest penalty first.

    Returns
    -------
    place : int
        Column of the chosen penalty.
    """
    excess = losses - losses[:, [np.argmin(losses.sum(axis=0))]]
    standard_error = excess.std(axis=0) * np.sqrt(len(losses))
    return int(np.argmax(excess.sum(axis=0) <= TOLERANCE * standard_error))


def _is_hopeless(losses):
    """Whether the last penalty is clearly worse than the best one so far."""
    best = min(losses, key=np.nansum)
    excess = (losses[-1] - best)[~np.isnan(best)]
    return excess.sum() > HOPELESS * excess.std() * np.sqrt(len(excess)) > 0
