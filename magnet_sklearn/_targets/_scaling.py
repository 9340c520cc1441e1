"""Numbers in units of their spread."""

import numpy as np


class TargetScaler:
    """Standardise the columns of y by weighted mean and spread; NaN stays NaN."""

    def fit(self, y, weight):
        """Learn mean and spread.

        Parameters
        ----------
        y : ndarray of shape (n_patients, n_targets)
            Numbers.
        weight : ndarray of shape (n_patients,)
            Weights of the patients.

        Returns
        -------
        self : TargetScaler
            The fitted scaler.
        """
        known = ~np.isnan(y)
        filled = np.where(known, y, 0.0)
        # dividing by a power of two changes no digit and keeps squares finite
        size = np.ldexp(1.0, np.frexp(np.abs(filled).max(axis=0))[1] - 1)
        filled /= size
        total = (known * weight[:, None]).sum(axis=0)
        mean = (filled * weight[:, None]).sum(axis=0) / total
        variance = np.where(known, filled - mean, 0.0) ** 2 * weight[:, None]
        spread = np.sqrt(variance.sum(axis=0) / total)
        # below rounding a constant column has a spread of 0
        constant = spread <= 1e-12 * np.abs(mean)
        self.mean_ = mean * size
        self.scale_ = np.where(constant, 1.0, spread * size)
        return self

    def transform(self, y):
        """Standardise.

        Parameters
        ----------
        y : ndarray of shape (n_patients, n_targets)
            Numbers.

        Returns
        -------
        z : ndarray of shape (n_patients, n_targets)
            Standardised numbers.
        """
        return (y - self.mean_) / self.scale_

    def inverse_transform(self, z):
        """Go back to the units of y.

        Parameters
        ----------
        z : ndarray of shape (n_patients, n_targets)
            Standardised numbers.

        Returns
        -------
        y : ndarray of shape (n_patients, n_targets)
            Numbers.
        """
        return z * self.scale_ + self.mean_
