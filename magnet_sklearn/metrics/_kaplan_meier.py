"""Patients at risk, and the probability of no event up to one time."""

import numpy as np
from scipy.stats import norm

from magnet_sklearn.data import Survival


def n_at_risk(survival: Survival, times: np.ndarray) -> np.ndarray:
    """Count who is observed just before each time, and had no event until then."""
    later = len(survival.time) - np.searchsorted(np.sort(survival.time), times)
    not_yet = len(survival.entry) - np.searchsorted(np.sort(survival.entry), times)
    return later - not_yet


def n_events(survival: Survival, times: np.ndarray) -> np.ndarray:
    """Count the events, of any cause, at each of ascending times."""
    ends = np.sort(survival.time[survival.event > 0])
    after = np.searchsorted(ends, times, side="right")
    return after - np.searchsorted(ends, times, side="left")


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
    times = np.unique(survival.time[event & (survival.time <= horizon)])
    events, at_risk = n_events(survival, times), n_at_risk(survival, times)
    estimate = float(np.prod(1 - events / at_risk))
    if not 0 < estimate < 1:
        n_known = np.sum(survival.time >= horizon) if estimate else len(event)
        reach = ((1 - confidence) / 2) ** (1 / n_known) if n_known else 0.0
        return (1.0, float(reach), 1.0) if estimate else (0.0, 0.0, float(1 - reach))
    variance = np.sum(events / (at_risk * (at_risk - events)))
    spread = norm.ppf((1 + confidence) / 2) * np.sqrt(variance) / np.log(estimate)
    lower, upper = estimate ** np.exp(np.array([-spread, spread]))
    return estimate, float(lower), float(upper)
