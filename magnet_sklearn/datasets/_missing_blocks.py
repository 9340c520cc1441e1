"""Which blocks are missing: completely at random, by site, or by severity."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy import optimize, special, stats

from magnet_sklearn.data import did_you_mean, quoted

MECHANISMS = ("random", "site", "severity")
_SLOPE = 2.0  # log-odds of a missing block per standard deviation of severity


def missing_blocks(
    rate: float | Mapping[str, float],
    mechanism: str,
    modalities: list[str],
    sites: np.ndarray,
    severity: np.ndarray,
    rng: np.random.Generator,
) -> np.ndarray:
    """Draw the blocks that are missing.

    Parameters
    ----------
    rate : float or mapping of str to float
        Expected share of missing blocks, for all or each modality.
    mechanism : {"random", "site", "severity"}
        What the probability depends on beside the modality.
    modalities : list of str
        Names of the modalities.
    sites : int ndarray of shape (n_patients,)
        Site of each patient, from 0 on.
    severity : ndarray of shape (n_patients,)
        Higher is more severe, and misses more blocks.
    rng : Generator
        Source of chance.

    Returns
    -------
    missing : bool ndarray of shape (n_patients, n_modalities)
        True = missing. Every patient keeps one block.
    """
    rates = _rates(rate, modalities)
    if mechanism == "random":
        probability = np.tile(rates, (len(sites), 1))
    elif mechanism == "site":
        probability = np.stack([_of_sites(r, sites, rng) for r in rates], axis=1)
    else:
        probability = np.stack([_of_severity(r, severity) for r in rates], axis=1)
    draws = rng.random(probability.shape)
    missing = draws < probability
    # draw / probability is uniform for dropped blocks: each is as likely to be kept
    scaled = np.divide(
        draws, probability, out=np.ones_like(draws), where=probability > 0
    )
    alone = missing.all(axis=1)
    missing[alone, scaled[alone].argmax(axis=1)] = False
    return missing


def _rates(rate: Any, modalities: list[str]) -> np.ndarray:
    by_name = rate if isinstance(rate, Mapping) else dict.fromkeys(modalities, rate)
    for name, value in by_name.items():
        if name not in modalities:
            raise ValueError(
                f"missing names a modality {name!r} that is not made. Modalities: "
                f"{quoted(modalities)}.{did_you_mean(name, modalities)}"
            )
        if not 0 <= value <= 1:
            raise ValueError(f"missing must be in [0, 1], got {value!r} for {name!r}.")
    return np.array([by_name.get(name, 0.0) for name in modalities], dtype=float)


def _of_sites(rate: float, sites: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Rates that differ by site: some measure nearly nobody, some nearly everybody."""
    if rate in (0.0, 1.0):
        return np.full(len(sites), rate)
    n_sites = sites.max() + 1
    middles = (np.arange(n_sites) + 0.5) / n_sites
    by_site = stats.beta.ppf(middles, rate, 1 - rate)
    return rng.permutation(by_site)[sites]


def _of_severity(rate: float, severity: np.ndarray) -> np.ndarray:
    """Rates that rise with severity and have the mean `rate`."""
    if rate in (0.0, 1.0):
        return np.full(len(severity), rate)
    spread = severity.std()
    slope = _SLOPE * (severity - severity.mean()) / (spread if spread > 0 else 1.0)
    intercept = optimize.brentq(
        lambda start: special.expit(start + slope).mean() - rate, -60, 60
    )
    return special.expit(intercept + slope)
