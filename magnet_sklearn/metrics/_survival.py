"""Scores of survival curves and of risks over time."""

import numpy as np

from magnet_sklearn.data import check_survival
from magnet_sklearn.metrics._censoring import CensoringCurve


def brier_score(y_train, y_test, survival, times):
    """Squared error of survival probabilities, weighted for censoring.

    Parameters
    ----------
    y_train : structured array or DataFrame of shape (n_train,)
        Survival times from which the censoring is estimated.
    y_test : structured array or DataFrame of shape (n_patients,)
        Survival times.
    survival : array-like of shape (n_patients, n_times)
        Predicted probability of no event up to each time.
    times : array-like of shape (n_times,)
        Times, in the units of y, within the follow-up of the training patients.

    Returns
    -------
    score : ndarray of shape (n_times,)
        0 is best; a constant probability of one half gives 0.25.

    References
    ----------
    .. [1] E. Graf et al., "Assessment and comparison of prognostic classification
       schemes for survival data", Statistics in Medicine 18 (1999).

    Examples
    --------
    >>> import pandas as pd
    >>> from magnet_sklearn.metrics import brier_score
    >>> y = pd.DataFrame({"event": [1, 1, 0], "time": [1.0, 2.0, 3.0]})
    >>> brier_score(y, y, [[0.0], [1.0], [1.0]], [1.5])
    array([0.])
    """
    known = check_survival(y_test)
    survival, times = np.asarray(survival, float), np.atleast_1d(times).astype(float)
    if survival.shape != (len(known.time), len(times)):
        raise ValueError(
            f"survival has shape {survival.shape}; expected a row for each of "
            f"{len(known.time)} patients and a column for each of {len(times)} times."
        )
    curve = CensoringCurve(check_survival(y_train))
    probability = curve.at(known.time)
    weight = 1 / np.where(probability > 0, probability, np.inf)
    weight_now = 1 / np.maximum(curve.at(times), 1e-300)
    dead = (known.time[:, None] <= times) & (known.event[:, None] > 0)
    alive = known.time[:, None] > times
    error = dead * weight[:, None] * survival**2
    error += alive * weight_now * (1 - survival) ** 2
    return error.mean(axis=0)


def integrated_brier_score(y_train, y_test, survival, times):
    """Mean of the Brier score over time, by the trapezoidal rule.

    Parameters
    ----------
    y_train : structured array or DataFrame of shape (n_train,)
        Survival times from which the censoring is estimated.
    y_test : structured array or DataFrame of shape (n_patients,)
        Survival times.
    survival : array-like of shape (n_patients, n_times)
        Predicted probability of no event up to each time.
    times : array-like of shape (n_times,)
        At least two ascending times.

    Returns
    -------
    score : float
        0 is best.

    Examples
    --------
    >>> import pandas as pd
    >>> from magnet_sklearn.metrics import integrated_brier_score
    >>> y = pd.DataFrame({"event": [1, 1, 0], "time": [1.0, 2.0, 3.0]})
    >>> integrated_brier_score(y, y, [[0.5, 0.5]] * 3, [1.0, 1.5])
    0.25
    """
    times = np.asarray(times, dtype=float)
    if times.ndim != 1 or len(times) < 2 or (np.diff(times) <= 0).any():
        raise ValueError("times must be at least two ascending numbers.")
    scores = brier_score(y_train, y_test, survival, times)
    return float(np.trapezoid(scores, times) / (times[-1] - times[0]))


def cumulative_dynamic_auc(y_train, y_test, risk, times):
    """Area under the ROC curve of events up to each time against no event yet.

    Parameters
    ----------
    y_train : structured array or DataFrame of shape (n_train,)
        Survival times from which the censoring is estimated.
    y_test : structured array or DataFrame of shape (n_patients,)
        Survival times.
    risk : array-like of shape (n_patients,) or (n_patients, n_times)
        Predicted risks, for all times or per time; higher is worse.
    times : array-like of shape (n_times,)
        Times.

    Returns
    -------
    auc : ndarray of shape (n_times,)
        NaN at a time when no patient has had an event, or all have.

    References
    ----------
    .. [1] H. Uno et al., "Evaluating prediction rules for t-year survivors with
       censored regression models", JASA 102 (2007).

    Examples
    --------
    >>> import pandas as pd
    >>> from magnet_sklearn.metrics import cumulative_dynamic_auc
    >>> y = pd.DataFrame({"event": [1, 1, 0], "time": [1.0, 2.0, 3.0]})
    >>> cumulative_dynamic_auc(y, y, [3.0, 1.0, 2.0], [1.5, 2.5])
    array([1. , 0.5])
    """
    known, times = check_survival(y_test), np.atleast_1d(times).astype(float)
    before = known._replace(event=np.where(known.time > times.max(), 0, known.event))
    weight = CensoringCurve(check_survival(y_train)).weights(before)
    risk = np.asarray(risk, dtype=float)
    risk = np.broadcast_to(risk.reshape(len(risk), -1), (len(risk), len(times)))
    return np.array(
        [
            _area(
                risk[:, column],
                weight * (known.time <= time),
                (known.time > time).astype(float),
            )
            for column, time in enumerate(times)
        ]
    )


def _area(risk, case_weight, control_weight):
    """Weighted share of pairs in which the case has the higher risk, ties half."""
    values, place = np.unique(risk, return_inverse=True)
    cases = np.bincount(place, case_weight, minlength=len(values))
    controls = np.bincount(place, control_weight, minlength=len(values))
    below = np.cumsum(controls) - controls
    total = cases.sum() * controls.sum()
    return cases @ (below + controls / 2) / total if total > 0 else np.nan
