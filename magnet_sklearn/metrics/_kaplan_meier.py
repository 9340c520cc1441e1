"""Kaplan-Meier estimate of the probability of no event up to one time."""

import numpy as np
from scipy.stats import norm

from magnet_sklearn.data import Survival


def kaplan_meier(
    survival: Survival, horizon: float, confidence: float = 0.95
) -> tuple[float, float, float]:
    """Return the probability of no event up to `horizon`, and its interval.

    The interval is symmetric on the log-log scale, with Greenwood's variance. Where the
    estimate is 1 or 0 it is the exact binomial one of the patients who were followed
    up, and (0, 1) where nobody was.
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
        n_known = np.sum(survival.time >= horizon) if estimate else len(event)
        reach = ((1 - confidence) / 2) ** (1 / n_known) if n_known else 0.0
        return (1.0, float(reach), 1.0) if estimate else (0.0, 0.0, float(1 - reach))
    variance = np.sum(n_events / (n_at_risk * (n_at_risk - n_events)))
    spread = norm.ppf((1 + confidence) / 2) * np.sqrt(variance) / np.log(estimate)
    lower, upper = estimate ** np.exp(np.array([-spread, spread]))
    return estimate, float(lower), float(upper)
