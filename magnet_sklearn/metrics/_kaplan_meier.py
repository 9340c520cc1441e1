"""Kaplan-Meier estimate of the probability of no event up to one time."""

import numpy as np
from scipy.stats import norm

from magnet_sklearn.data import Survival


def kaplan_meier(
    survival: Survival, horizon: float, confidence: float = 0.95
) -> tuple[float, float, float]:
    """Return the probability of no event up to `horizon`, and its interval.

    The interval is symmetric on the log-log scale, with Greenwood's variance; it is
    (0, 1) where the estimate is 0 or 1 or nobody is followed up so far.
    """
    event = survival.event > 0
    if not len(event) or (survival.time.max() < horizon and not event.all()):
        return np.nan, 0.0, 1.0
    times, n_events = np.unique(
        survival.time[event & (survival.time <= horizon)], return_counts=True
    )
    n_left = np.searchsorted(np.sort(survival.time), times)
    n_entered = np.searchsorted(np.sort(survival.entry), times)
    n_at_risk = n_entered - n_left
    estimate = float(np.prod(1 - n_events / n_at_risk))
    if not 0 < estimate < 1:
        return estimate, 0.0, 1.0
    variance = np.sum(n_events / (n_at_risk * (n_at_risk - n_events)))
    spread = norm.ppf((1 + confidence) / 2) * np.sqrt(variance) / np.log(estimate)
    lower, upper = estimate ** np.exp(np.array([-spread, spread]))
    return estimate, float(lower), float(upper)
