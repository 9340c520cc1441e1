"""Survival times as numbers that trees of scikit-learn can learn."""

import numpy as np
from scipy.optimize import minimize_scalar

from magnet_sklearn.experts._ridge_cox import RiskSets

_MOST_SCALE = 3.0


def cumulative_baseline(y, weight):
    """Cumulative hazard between a patient's entry and time if all were alike.

    Breslow's estimate without features, one of each stratum. A patient's event less
    this is the martingale residual of T. Therneau, P. Grambsch and T. Fleming,
    "Martingale-based residuals for survival models", Biometrika 77 (1990).
    """
    return RiskSets(y, weight).derivatives(np.zeros(len(y)))[1] / weight


def hazard_scale(score, y, weight):
    """Coefficient, at least 0, of a Cox regression on the held-out scores."""
    spread = score.std()
    if spread < 1e-9:
        return 0.0
    risk_sets, score = RiskSets(y, weight), (score - score.mean()) / spread
    found = minimize_scalar(
        lambda scale: risk_sets.loss(scale * score),
        bounds=(0.0, _MOST_SCALE),
        method="bounded",
    )
    return found.x / spread
