"""What the generators share: parameters, chance, factors."""

from collections.abc import Mapping
from numbers import Integral, Real
from typing import Any

import numpy as np
from sklearn.utils._param_validation import Interval, StrOptions

from magnet_sklearn.datasets._cohort import SyntheticCohort
from magnet_sklearn.datasets._missing_blocks import MECHANISMS
from magnet_sklearn.datasets._planted import PlantedModules

CONSTRAINTS: dict[str, list[Any]] = {
    "n_samples": [Interval(Integral, 2, None, closed="left")],
    "n_features": [Interval(Integral, 1, None, closed="left"), Mapping],
    "n_informative": [Interval(Integral, 0, None, closed="left"), Mapping],
    "n_modules": [Interval(Integral, 1, None, closed="left")],
    "correlation": [Interval(Real, 0, 1, closed="both")],
    "missing": [Interval(Real, 0, 1, closed="both"), Mapping],
    "missing_mechanism": [StrOptions(set(MECHANISMS))],
    "n_sites": [Interval(Integral, 1, None, closed="left")],
    "site_effect": [Interval(Real, 0, None, closed="left")],
    "return_X_y": ["boolean"],
    "random_state": ["random_state", np.random.Generator],
}


def generator(random_state: Any) -> np.random.Generator:
    """Source of chance."""
    if isinstance(random_state, np.random.RandomState):
        random_state = random_state.randint(2**31 - 1)
    return np.random.default_rng(random_state)


def factors_and_weights(
    n_samples: int, planted: PlantedModules, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Independent factors, and weights that give their sum the variance 1."""
    n_factors = len(planted.informative)
    weights = rng.choice([-1.0, 1.0], size=n_factors) / np.sqrt(n_factors)
    return rng.normal(size=(n_samples, n_factors)), weights


def expected_sum(cohort: SyntheticCohort, weights: np.ndarray) -> np.ndarray:
    """Weighted sum of the factors, each at its expectation given its module."""
    gain = np.sqrt(cohort.planted.correlation) / cohort.planted.mean_variances()
    return np.asarray(np.nansum(cohort.module_means() * gain * weights, axis=1))
