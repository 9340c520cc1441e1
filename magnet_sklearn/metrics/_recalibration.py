"""A fitted estimator whose predictions are moved to the level of a new site."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy.optimize import minimize
from scipy.special import log_softmax, softmax
from sklearn.base import BaseEstimator, is_classifier
from sklearn.utils import _safe_indexing, get_tags
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from magnet_sklearn.data import MultiModalData, as_pandas, check_survival

_TINY = 1e-12
_AT_ONCE = 500  # patients, whose hazards are a matrix


def _has(name):
    return lambda self: hasattr(self.estimator, name)


class RecalibrationInTheLarge(BaseEstimator):
    """A fitted estimator, recalibrated in the large with patients of a new site.

    One number per output is learned, so that a few dozen patients are enough: classes
    get an intercept each, so that mean probabilities are the observed shares; survival
    a factor of the hazard, so that there are as many events as expected [1]_; numbers a
    shift. Ranks stay as they are. The estimator is used as it is, never fitted again.

    To learn the slope of the log-odds too, which takes more patients, there is
    ``CalibratedClassifierCV(FrozenEstimator(estimator), method="sigmoid")`` of
    scikit-learn.

    Parameters
    ----------
    estimator : fitted estimator
        A classifier of classes, a regressor, or one with
        `predict_cumulative_hazard_function`.

    Attributes
    ----------
    offset_ : ndarray of shape (n_classes,) or float
        What is added to logarithms of probabilities; to the logarithm of the hazard; or
        to predicted numbers.

    References
    ----------
    .. [1] E. W. Steyerberg, "Clinical Prediction Models", Springer (2019), chapter 20.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.linear_model import LogisticRegression
    >>> from magnet_sklearn.metrics import RecalibrationInTheLarge
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(400, 1))
    >>> model = LogisticRegression().fit(X, X[:, 0] + rng.normal(size=400) > 0)
    >>> y_there = X[:, 0] + rng.normal(size=400) > 1  # fewer events at the new site
    >>> there = RecalibrationInTheLarge(model).fit(X, y_there)
    >>> bool(np.isclose(there.predict_proba(X)[:, 1].mean(), y_there.mean()))
    True
    """

    def __init__(self, estimator):
        self.estimator = estimator

    def fit(self, X, y):
        """Learn the offset from patients of the new site.

        Parameters
        ----------
        X : as for the estimator, with n_patients rows
            Patients of the new site.
        y : array-like of shape (n_patients,), or survival times
            Their outcomes.

        Returns
        -------
        self : RecalibrationInTheLarge
            Fitted.

        Raises
        ------
        ValueError
            If the site has no patient of a class, or no event.
        TypeError
            If the estimator predicts several outcomes.
        """
        check_is_fitted(self.estimator)
        if hasattr(self.estimator, "predict_cumulative_hazard_function"):
            self.offset_ = self._log_hazard_ratio(X, y)
        elif is_classifier(self.estimator):
            self.offset_ = self._class_offsets(X, y)
        else:
            predicted = np.asarray(self.estimator.predict(X), dtype=float)
            y = np.asarray(as_pandas(y), dtype=float)
            if predicted.ndim != 1 or y.shape != predicted.shape:
                raise TypeError(
                    "The estimator must predict one number, class or survival time; "
                    f"its predictions have shape {predicted.shape}, y {y.shape}."
                )
            self.offset_ = float((y - predicted).mean())
        return self

    def predict(self, X):
        """Predict classes, numbers or risks.

        Parameters
        ----------
        X : as for the estimator, with n_patients rows
            Patients.

        Returns
        -------
        predicted : ndarray of shape (n_patients,)
            Risks are those of the estimator, whose order does not change.
        """
        check_is_fitted(self)
        if hasattr(self.estimator, "predict_cumulative_hazard_function"):
            return self.estimator.predict(X)
        if is_classifier(self.estimator):
            return self.classes_[self.predict_proba(X).argmax(axis=1)]
        return self.estimator.predict(X) + self.offset_

    @available_if(_has("predict_proba"))
    def predict_proba(self, X):
        """Predict the probability of each class.

        Parameters
        ----------
        X : as for the estimator, with n_patients rows
            Patients.

        Returns
        -------
        probability : ndarray of shape (n_patients, n_classes)
            Rows sum to 1.
        """
        check_is_fitted(self)
        return softmax(self._log_probability(X) + self.offset_, axis=1)

    @available_if(_has("predict_cumulative_hazard_function"))
    def predict_cumulative_hazard_function(self, X, times=None):
        """Predict the cumulative hazard over time.

        Parameters
        ----------
        X : as for the estimator, with n_patients rows
            Patients.
        times : array-like of shape (n_times,), default=None
            As in the estimator.

        Returns
        -------
        hazard : DataFrame of shape (n_patients, n_times)
            That of the estimator, times a factor.
        """
        check_is_fitted(self)
        hazard = self.estimator.predict_cumulative_hazard_function(X, times)
        return np.exp(self.offset_) * hazard

    @available_if(_has("predict_cumulative_hazard_function"))
    def predict_survival_function(self, X, times=None):
        """Predict the probability of no event up to each time.

        Parameters
        ----------
        X : as for the estimator, with n_patients rows
            Patients.
        times : array-like of shape (n_times,), default=None
            As in the estimator.

        Returns
        -------
        survival : DataFrame of shape (n_patients, n_times)
            Decreasing in time, between 0 and 1.
        """
        return np.exp(-self.predict_cumulative_hazard_function(X, times))

    @property
    def classes_(self):
        """Classes of the estimator."""
        return self.estimator.classes_

    def _log_probability(self, X):
        probability = np.asarray(self.estimator.predict_proba(X), dtype=float)
        if probability.ndim != 2 or probability.shape[1] != len(self.classes_):
            raise TypeError(
                "The estimator must predict one outcome; recalibrate the tasks or "
                "labels of this one apart."
            )
        return np.log(np.maximum(probability, _TINY))

    def _class_offsets(self, X, y):
        """Maximise the likelihood of intercepts; the first is 0."""
        told, y = self._log_probability(X), np.asarray(as_pandas(y))
        counts = np.array([(y == label).sum() for label in self.classes_])
        if counts.sum() != len(told) or not counts.all():
            raise ValueError(
                f"y must be {len(told)} classes, each of {list(self.classes_)} once or "
                f"more; they have {counts.tolist()} patients."
            )

        def loss(free):
            offset = np.r_[0.0, free]
            logs = log_softmax(told + offset, axis=1)
            gradient = np.exp(logs).mean(axis=0) - counts / len(y)
            value = -logs[rows, places].mean()
            return value, gradient[1:]

        rows, places = np.arange(len(y)), np.argmax(y[:, None] == self.classes_, axis=1)
        start = np.zeros(len(counts) - 1)
        found = minimize(loss, start, jac=True, method="BFGS", options={"gtol": 1e-9})
        return np.r_[0.0, found.x]

    def _log_hazard_ratio(self, X, y):
        """Return the logarithm of observed to expected events."""
        X = MultiModalData(X) if isinstance(X, Mapping) else X
        survival = check_survival(y)
        n_events = int((survival.event == 1).sum())
        if not n_events:
            raise ValueError("y has no event, from which the hazard could be learned.")
        entry = np.where(np.isfinite(survival.entry), survival.entry, 0.0)
        expected = 0.0
        for start in range(0, len(survival.time), _AT_ONCE):
            rows = np.arange(start, min(start + _AT_ONCE, len(survival.time)))
            times = np.unique(np.r_[survival.time[rows], entry[rows]])
            hazard = self.estimator.predict_cumulative_hazard_function(
                _safe_indexing(X, rows), times
            )
            hazard, places = np.asarray(hazard), np.arange(len(rows))
            for ends, sign in ((survival.time[rows], 1), (entry[rows], -1)):
                expected += sign * hazard[places, np.searchsorted(times, ends)].sum()
        return float(np.log(n_events / expected))

    def __sklearn_tags__(self):
        """Tags of the estimator, which `fit` does not fit."""
        return get_tags(self.estimator)
