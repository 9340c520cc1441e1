"""Location and scale of one site, shrunk by empirical Bayes over features."""

import numpy as np

_TOLERANCE = 1e-10
_MOST_STEPS = 1000


def site_effects(values: np.ndarray, mean_only: bool) -> tuple[np.ndarray, np.ndarray]:
    """Estimate how a site shifts and stretches standardised features.

    The parametric estimates of Johnson, Li and Rabinovic (2007), equations 3 and 4 and
    their hyperparameters by moments. A feature that the site lacks gets the mean of
    the priors.

    Parameters
    ----------
    values : ndarray of shape (n_patients, n_features)
        Standardised values of the patients of one site; NaN where missing.
    mean_only : bool
        Whether all scales are 1.

    Returns
    -------
    location, scale : ndarray of shape (n_features,)
        Posterior mean and standard deviation; two features or more share priors.
    """
    n = (~np.isnan(values)).sum(axis=0)
    mean = np.divide(np.nansum(values, axis=0), n, out=np.zeros(len(n)), where=n > 0)
    squares = np.nansum((values - mean) ** 2, axis=0)
    if (n > 0).sum() < 2:
        variance = np.divide(squares, n - 1, out=np.ones(len(n)), where=n > 1)
        return mean, _scale(np.ones(len(n)) if mean_only else variance)
    prior_mean, prior_variance = mean[n > 0].mean(), mean[n > 0].var(ddof=1)
    if mean_only or (n > 1).sum() < 2:
        location = _location(n, mean, np.ones(len(n)), prior_mean, prior_variance)
        return location, np.ones(len(n))
    shape, rate, variance = _inverse_gamma(squares, n)
    location = mean
    for _ in range(_MOST_STEPS):
        before = location, variance
        location = _location(n, mean, variance, prior_mean, prior_variance)
        around = squares + n * (mean - location) ** 2
        if np.isfinite(shape):
            variance = (rate + around / 2) / (n / 2 + shape - 1)
        if np.allclose(before, (location, variance), rtol=_TOLERANCE, atol=_TOLERANCE):
            break
    return location, _scale(variance)


def _location(n, mean, variance, prior_mean, prior_variance):
    """Posterior mean of the location given the variance."""
    weight = n * prior_variance
    total = weight + variance
    pooled = weight * mean + variance * prior_mean
    return np.divide(pooled, total, out=mean.copy(), where=total > 0)


def _inverse_gamma(squares, n):
    """Prior of the variances by its first two moments, and where to start."""
    variance = squares[n > 1] / (n[n > 1] - 1)
    average, spread = variance.mean(), variance.var(ddof=1)
    start = np.full(len(n), average)
    if spread <= 1e-12 * average**2:  # all alike: the prior is a point
        return np.inf, np.inf, start
    start[n > 1] = variance
    shape = (average**2 + 2 * spread) / spread
    rate = (average**3 + average * spread) / spread
    return shape, rate, start


def _scale(variance: np.ndarray) -> np.ndarray:
    """Root, or 1 where a site does not vary and there is nothing to rescale."""
    return np.sqrt(np.where(variance > 0, variance, 1.0))
