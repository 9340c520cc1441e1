"""Ridge logistic regression whose penalty is chosen out of fold."""

import warnings

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss


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
        losses = np.zeros(len(self.Cs))
        for train, held_out in parts:
            model = LogisticRegression(warm_start=True, tol=1e-3, max_iter=300)
            scored = held_out[np.isin(y[held_out], y[train])]
            for column, C in enumerate(self.Cs if len(scored) else ()):
                _fit_quietly(model.set_params(C=C), X[train], y[train], weight[train])
                losses[column] += log_loss(
                    y[scored],
                    model.predict_proba(X[scored]),
                    sample_weight=weight[scored],
                    labels=model.classes_,
                    normalize=False,
                )
        self.C = self.Cs[int(np.argmin(losses))]
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
        return self.model_.predict_proba(X)

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


def _fit_quietly(model, X, y, weight):
    """Fit without a warning about the last digits of a ridge solution."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(X, y, sample_weight=weight)
