"""Survival curves of groups, and whether they differ."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import chi2, norm

from magnet_sklearn.data import Survival
from magnet_sklearn.metrics import n_at_risk, n_events


def kaplan_meier(survival: Survival, level: float = 0.95) -> pd.DataFrame:
    """Estimate the survival curve of some patients.

    Columns time, survival, lower and upper; the first row is 1 at time 0. Limits are
    those of the log of the cumulative hazard, with Greenwood's variance.
    """
    times = np.unique(survival.time[survival.event > 0])
    events = n_events(survival, times)
    at_risk = n_at_risk(survival, times)
    curve = np.cumprod(1 - events / at_risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = np.cumsum(events / (at_risk * (at_risk - events)))
        width = norm.ppf((1 + level) / 2) * np.sqrt(variance) / np.abs(np.log(curve))
        limits = curve ** np.exp([width, -width])
    lower, upper = np.where(curve > 0, limits, 0.0)  # nobody is left
    columns = {"time": times, "survival": curve, "lower": lower, "upper": upper}
    start = pd.DataFrame([[0.0, 1.0, 1.0, 1.0]], columns=list(columns))
    return pd.concat([start, pd.DataFrame(columns)], ignore_index=True)


def log_rank_test(survival: Survival, codes: np.ndarray) -> tuple[float, float]:
    """Test whether groups have the same hazard; return statistic and p-value.

    Observed less expected events of each group, with the covariance of the
    hypergeometric distribution; NaN where there is nothing to compare.
    """
    times = np.unique(survival.time[survival.event > 0])
    groups = [
        Survival(*(part[codes == code] for part in survival))
        for code in np.unique(codes)
    ]
    events = np.array([n_events(group, times) for group in groups])
    at_risk = np.array([n_at_risk(group, times) for group in groups])
    n_all, n_dead = at_risk.sum(axis=0), events.sum(axis=0)
    share = at_risk / n_all
    difference = (events - n_dead * share).sum(axis=1)
    weight = n_dead * (n_all - n_dead) / np.maximum(n_all - 1, 1)
    covariance = np.diag(share @ weight) - (share * weight) @ share.T
    if len(groups) < 2 or not covariance.any():
        return np.nan, np.nan
    # differences sum to 0, so that the covariance has no inverse
    statistic = float(difference @ np.linalg.pinv(covariance) @ difference)
    return statistic, float(chi2.sf(statistic, len(groups) - 1))
