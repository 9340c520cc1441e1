"""Location-scale model of one block: features as sums of covariates and sites."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from magnet_sklearn.preprocessing._empirical_bayes import site_effects


@dataclass
class LocationScale:
    """What ComBat learned of the numeric columns of one block.

    Parameters
    ----------
    mean : ndarray of shape (n_features,)
        Mean over sites, weighted by their patients.
    coefficients : ndarray of shape (n_covariates, n_features)
        Effects of the centred covariates, which are kept.
    deviation : ndarray of shape (n_features,)
        Pooled standard deviation within sites; 1 for features that vary in none.
    varies : bool ndarray of shape (n_features,)
        Whether a feature varies within sites.
    sites : dict of site to (location, scale)
        Effects of each site, in units of `deviation`.
    """

    mean: np.ndarray
    coefficients: np.ndarray
    deviation: np.ndarray
    varies: np.ndarray
    sites: dict[Any, tuple[np.ndarray, np.ndarray]] = field(default_factory=dict)

    @classmethod
    def fit(
        cls, values: np.ndarray, codes: np.ndarray, covariates: np.ndarray
    ) -> "LocationScale":
        """Estimate all but the sites by least squares over observed cells.

        Parameters
        ----------
        values : ndarray of shape (n_patients, n_features)
            Cells; NaN where missing.
        codes : int ndarray of shape (n_patients,)
            Site of each patient, from 0 on.
        covariates : ndarray of shape (n_patients, n_covariates)
            Centred, without missing cells.
        """
        indicators = np.eye(codes.max() + 1)[codes]
        counts = indicators.T @ ~np.isnan(values)
        if covariates.shape[1]:
            solution = _least_squares(np.hstack([indicators, covariates]), values)
            by_site, coefficients = solution[: len(counts)], solution[len(counts) :]
        else:
            sums = indicators.T @ np.nan_to_num(values)
            by_site = np.divide(sums, counts, out=np.zeros_like(sums), where=counts > 0)
            coefficients = np.zeros((0, values.shape[1]))
        total = np.maximum(counts.sum(axis=0), 1)
        mean = (counts * by_site).sum(axis=0) / total
        residuals = values - by_site[codes] - covariates @ coefficients
        deviation = np.sqrt(np.nansum(residuals**2, axis=0) / total)
        varies = deviation > 1e-12 * np.maximum(np.abs(by_site).max(axis=0), 1e-300)
        return cls(mean, coefficients, np.where(varies, deviation, 1.0), varies)

    def learn_site(
        self, site: Any, values: np.ndarray, covariates: np.ndarray, mean_only: bool
    ) -> None:
        """Estimate location and scale of a site from some of its patients."""
        standard = (values - self._expected(covariates)) / self.deviation
        n_known = np.maximum((~np.isnan(standard)).sum(axis=0), 1)
        location = np.nansum(standard, axis=0) / n_known
        scale = np.ones(len(location))
        if self.varies.any():
            location[self.varies], scale[self.varies] = site_effects(
                standard[:, self.varies], mean_only
            )
        self.sites[site] = location, scale

    def remove_site(
        self, site: Any, values: np.ndarray, covariates: np.ndarray
    ) -> np.ndarray:
        """Values as they would be without the effects of a known site."""
        location, scale = self.sites[site]
        expected = self._expected(covariates)
        standard = (values - expected) / self.deviation
        return expected + self.deviation * (standard - location) / scale

    def _expected(self, covariates: np.ndarray) -> np.ndarray:
        return self.mean + covariates @ self.coefficients


def _least_squares(design: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Solve for every feature on the patients who have it."""
    observed = ~np.isnan(values)
    solution = np.zeros((design.shape[1], values.shape[1]))
    # features that the same patients have are solved together
    patterns, group = np.unique(
        np.packbits(observed, axis=0), axis=1, return_inverse=True
    )
    for number in range(patterns.shape[1]):
        columns = np.flatnonzero(group.ravel() == number)
        rows = observed[:, columns[0]]
        known = values[np.ix_(rows, columns)]
        solution[:, columns] = np.linalg.lstsq(design[rows], known, rcond=None)[0]
    return solution
