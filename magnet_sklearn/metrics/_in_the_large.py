"""Calibration in the large, and the slope of predicted log-odds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.special import expit, logit
from scipy.stats import binomtest, norm
from sklearn.linear_model import LogisticRegression

from magnet_sklearn.data import check_survival
from magnet_sklearn.metrics._kaplan_meier import kaplan_meier
from magnet_sklearn.metrics._net_benefit import check_event

_TINY = 1e-6
_FARTHEST = 50.0  # intercept


def calibration_in_the_large(y, probability, *, horizon=None, confidence=0.95):
    """Compare how many events are predicted with how many there are.

    A model moved to another hospital often ranks patients well, but predicts too many
    or too few events on the whole [1]_. The intercept is that of a logistic regression
    whose offset is the predicted log-odds: what has to be added to all log-odds so that
    observed and expected events agree; 0 is right, below it the model predicts too
    many. The slope is 1 if probabilities are as extreme as they should be, below 1 if
    too extreme.

    Parameters
    ----------
    y : array-like of shape (n_patients,), or survival times
        Whether each patient has the event (bool, or 0 and 1); with `horizon` survival
        times, as in :func:`magnet_sklearn.data.check_survival`.
    probability : array-like of shape (n_patients,)
        Predicted probability of the event (with `horizon`: until then).
    horizon : float, default=None
        Time until which events count. The observed share is then the Kaplan-Meier
        estimate, and there are no intercept and slope.
    confidence : float, default=0.95
        Level of the intervals.

    Returns
    -------
    summary : Series
        `n_patients`, `observed` and `expected` (shares), `observed_lower`,
        `observed_upper`, `ratio` (observed to expected) with `ratio_lower` and
        `ratio_upper`, `intercept` with `intercept_lower` and `intercept_upper`, and
        `slope`; NaN where there is none, as with no event at all.

    Raises
    ------
    ValueError
        If y is not of 0 and 1, probabilities are not in [0, 1], or lengths differ.

    References
    ----------
    .. [1] B. Van Calster et al., "Calibration: the Achilles heel of predictive
       analytics", BMC Medicine 17 (2019).

    Examples
    --------
    >>> from magnet_sklearn.metrics import calibration_in_the_large
    >>> y, probability = [0, 0, 1, 0], [0.4, 0.5, 0.7, 0.4]
    >>> calibration_in_the_large(y, probability)["ratio"].round(3)
    np.float64(0.5)
    """
    p = np.asarray(probability, dtype=float)
    if p.ndim != 1 or len(p) != len(y) or not ((p >= 0) & (p <= 1)).all():
        raise ValueError(
            f"probability must be {len(y)} numbers in [0, 1], got shape {p.shape}."
        )
    found: dict[str, Any] = {"n_patients": len(p)}
    found["expected"] = p.mean()
    if horizon is None:
        event = check_event(y)
        observed = float(event.mean())
        interval = binomtest(int(event.sum()), len(event)).proportion_ci(
            confidence, method="wilson"
        )
        lower, upper = float(interval.low), float(interval.high)
    else:
        survival = check_survival(y)
        survival = survival._replace(event=(survival.event == 1).astype(int))
        alive, low, high = kaplan_meier(survival, float(horizon), confidence)
        observed, lower, upper = 1 - alive, 1 - high, 1 - low
    found |= {"observed": observed, "observed_lower": lower, "observed_upper": upper}
    with np.errstate(divide="ignore", invalid="ignore"):
        ends = np.array([observed, lower, upper]) / found["expected"]
    found |= dict(zip(("ratio", "ratio_lower", "ratio_upper"), ends, strict=True))
    if horizon is None:
        found |= _intercept(event, p, confidence)
        found["slope"] = recalibration(event, p)[0]
    else:
        names = ("intercept", "intercept_lower", "intercept_upper", "slope")
        found |= dict.fromkeys(names, np.nan)
    return pd.Series(found, dtype=float)


def recalibration(event: np.ndarray, probability: np.ndarray) -> tuple[float, float]:
    """Return slope and intercept of a logistic regression on predicted log-odds."""
    if event.all() or not event.any():
        return np.nan, np.nan
    odds = _log_odds(probability)[:, None]
    fitted = LogisticRegression(C=np.inf, max_iter=1000).fit(odds, event)
    return float(fitted.coef_[0, 0]), float(fitted.intercept_[0])


def _intercept(
    event: np.ndarray, probability: np.ndarray, confidence: float
) -> dict[str, float]:
    """Return the intercept with the log-odds as offset, and its Wald interval."""
    names = ("intercept", "intercept_lower", "intercept_upper")
    if event.all() or not event.any():
        return dict.fromkeys(names, np.nan)
    odds = _log_odds(probability)
    n_events = event.sum()
    found = brentq(
        lambda intercept: expit(odds + intercept).sum() - n_events,
        -_FARTHEST,
        _FARTHEST,
    )
    p = expit(odds + found)
    half = norm.ppf((1 + confidence) / 2) / np.sqrt((p * (1 - p)).sum())
    return dict(zip(names, (found, found - half, found + half), strict=True))


def _log_odds(probability: np.ndarray) -> np.ndarray:
    return logit(np.clip(probability, _TINY, 1 - _TINY))
