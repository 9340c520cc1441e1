"""Ridge logistic regression whose penalty is chosen out of fold."""

import warnings

import numpy as np
from scipy.special import expit, softmax
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

# Standard errors of the paired difference that a stronger penalty may cost.
_TOLERANCE = 0.3


class RidgeLogisticCV(ClassifierMixin, BaseEstimator):
    """Multinomial logistic regression with the penalty of the best fold loss.

    Unlike :class:`sklearn.linear_model.LogisticRegressionCV` it takes the folds
    and weights of the caller, pools the log loss over all held-out patients and
    reuses each solution as the start of the next weaker penalty.

    Parameters
    ----------
    C : float, default=0.01
        Inverse penalty; `choose_penalty` sets it.
    Cs : tuple of float, default=(1e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 1.0)
        Inverse penalties to choose from, ascending.
    """

    def __init__(self, *, C=0.01, Cs=(1e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 1.0)):
        self.C = C
        self.Cs = Cs

    def choose_penalty(self, X, y, weight, parts):
        """Set `C` to the penalty with the least pooled held-out log loss.

        Parameters
        ----------
        X : ndarray of shape (n_patients, n_features)
            Standardised features.
        y : ndarray of shape (n_patients,)
            Classes.
        weight : ndarray of shape (n_patients,)
            Weights of the patients.
        parts : list of (train, held_out) index arrays
            Folds, restricted to patients who have the modality.

        Returns
        -------
        self : RidgeLogisticCV
            Itself, with `C` set.
        """
        losses = np.full((len(y), len(self.Cs)), np.nan)
        for train, held_out in parts:
            model = LogisticRegression(warm_start=True, tol=1e-3, max_iter=300)
            scored = held_out[np.isin(y[held_out], y[train])]
            for column, C in enumerate(self.Cs if len(scored) else ()):
                _fit_quietly(model.set_params(C=C), X[train], y[train], weight[train])
                probability = model.predict_proba(X[scored])
                place = np.searchsorted(model.classes_, y[scored])
                of_class = probability[np.arange(len(scored)), place]
                losses[scored, column] = -weight[scored] * np.log(of_class + 1e-12)
        losses = losses[~np.isnan(losses[:, 0])]
        if len(losses):
            self.C = self.Cs[strongest_good(losses)]
        return self

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
        self.model_ = LogisticRegression(C=self.C, tol=1e-4, max_iter=500)
        _fit_quietly(self.model_, X, y, sample_weight)
        self.classes_ = self.model_.classes_
        return self

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
        # scikit-learn's own checks cost one patient more than the answer
        logits = X @ self.model_.coef_.T + self.model_.intercept_
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
        return self.model_.predict(X)


def strongest_good(losses):
    """Place of the strongest penalty whose loss is hardly told from the least one.

    Penalties that differ by chance would make the answer one of the folds' draw.

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
    return int(np.argmax(excess.sum(axis=0) <= _TOLERANCE * standard_error))


def _fit_quietly(model, X, y, weight):
    """Fit without a warning about the last digits of a ridge solution."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(X, y, sample_weight=weight)
