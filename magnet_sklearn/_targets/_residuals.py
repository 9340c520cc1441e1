"""What held-out residuals tell about the spread of predictions."""

import numpy as np

# Residuals of all patients that stand beside those of patients with as many modalities.
_PRIOR_PATIENTS = 20.0


class ResidualQuantiles:
    """Quantiles of residuals, wider where patients lack more modalities."""

    def fit(self, mask, target, outputs, weight):
        """Learn from residuals of patients held out.

        Parameters
        ----------
        mask : bool ndarray of shape (n_patients, n_modalities)
            True = observed.
        target, outputs : ndarray of shape (n_patients, n_targets)
            Standardised targets and held-out predictions.
        weight : ndarray of shape (n_patients,)
            Weights of the patients.

        Returns
        -------
        self : ResidualQuantiles
            The fitted quantiles.
        """
        residual = target - outputs
        n_observed = mask.sum(axis=1)
        mean_square = np.average(residual**2, axis=0, weights=weight)
        self._scales = np.empty((mask.shape[1] + 1, target.shape[1]))
        for count in range(len(self._scales)):
            rows = n_observed == count
            total = (weight[rows, None] * residual[rows] ** 2).sum(axis=0)
            own_weight = weight[rows].sum() + _PRIOR_PATIENTS
            mixed = (total + _PRIOR_PATIENTS * mean_square) / own_weight
            self._scales[count] = np.sqrt(mixed)
        scale = np.maximum(self._scales[n_observed], 1e-300)
        self._standardised, self._weight = residual / scale, weight
        return self

    def quantiles(self, mask, levels):
        """Quantiles of the residuals of new patients.

        Parameters
        ----------
        mask : bool ndarray of shape (n_patients, n_modalities)
            True = observed.
        levels : ndarray of shape (n_levels,)
            Levels in (0, 1).

        Returns
        -------
        quantiles : ndarray of shape (n_levels, n_patients, n_targets)
            To be added to the predictions; increasing in the level.
        """
        n = np.count_nonzero(self._weight)
        # a new patient is one more of the same kind (conformal prediction): of n sorted
        # residuals the one at ceil((n + 1) level), and for low levels from the top
        high = np.maximum(levels, 1 - levels)
        high = np.where(high > 0.5, np.minimum(high * (n + 1) / n, 1), 0.5)
        values = np.where(
            (levels < 0.5)[:, None],
            -self._ranked(-self._standardised, high),
            self._ranked(self._standardised, high),
        )
        scale = self._scales[np.minimum(mask.sum(axis=1), len(self._scales) - 1)]
        return values[:, None, :] * scale

    def _ranked(self, residual, levels):
        """Residuals at some levels, of shape (n_levels, n_targets)."""
        weights = np.broadcast_to(self._weight[:, None], residual.shape)
        return np.quantile(
            residual, levels, axis=0, weights=weights, method="inverted_cdf"
        )
