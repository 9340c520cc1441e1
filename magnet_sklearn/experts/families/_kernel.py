"""Ridge regression on radial basis functions."""

import numpy as np
from sklearn.kernel_approximation import Nystroem

from magnet_sklearn.experts._ridge import RidgeCV
from magnet_sklearn.experts._ridge_cox import RidgeCox
from magnet_sklearn.experts._ridge_logistic import RidgeLogisticCV
from magnet_sklearn.experts.families._family import Features
from magnet_sklearn.experts.families._linear import LinearFamily

_MAX_LANDMARKS = 300
# Brings the features of the kernel to the scale of standardised ones.
_KERNEL_SCALE = 3.0


class KernelFamily(LinearFamily):
    """The linear family on radial basis functions."""

    name = "kernel"

    def expert(self, kind, random_state):
        experts = {
            "classes": RidgeLogisticCV(Cs=(1e-2, 1e-1, 1.0, 10.0, 100.0)),
            "numbers": RidgeCV(penalties=(1.0, 0.1, 1e-2, 1e-3, 1e-4, 1e-5)),
            "survival": RidgeCox(penalties=(1.0, 0.1, 1e-2, 1e-3)),
        }
        return experts.get(kind)

    def features(self, table, random_state):
        return RadialBasis(table, random_state)


class RadialBasis(Features):
    """Features whose products approximate a Gaussian kernel."""

    def __init__(self, table, random_state):
        self.kernel = Nystroem(
            # exp(-1) at the typical squared distance of standardised patients
            gamma=0.5 / table.shape[1],
            n_components=min(len(table), _MAX_LANDMARKS),
            random_state=random_state,
        ).fit(table)

    def transform(self, table):
        landmarks = self.kernel.components_
        # scikit-learn's own checks cost more than the rest for one patient
        squared = (table**2).sum(axis=1)[:, None] - 2.0 * table @ landmarks.T
        squared += (landmarks**2).sum(axis=1)
        similarity = np.exp(-self.kernel.gamma * np.maximum(squared, 0.0))
        return _KERNEL_SCALE * similarity @ self.kernel.normalization_.T

    def weighted_landmarks(self, coef):
        """Read a weighted sum of the features as a sum of Gaussians.

        Parameters
        ----------
        coef : ndarray of shape (n_scores, n_features)
            Coefficients of the features.

        Returns
        -------
        landmarks : ndarray of shape (n_landmarks, n_columns)
            Centres.
        gamma : float
            Factor of squared distances.
        weights : ndarray of shape (n_scores, n_landmarks)
            Of the Gaussians.
        """
        weights = _KERNEL_SCALE * coef @ self.kernel.normalization_
        return self.kernel.components_, self.kernel.gamma, weights
