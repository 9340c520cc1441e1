"""Features along their principal axes: no more of them than patients."""

import numpy as np

# Relative to the longest axis; of shorter ones a squared length is rounding error.
_SHORTEST_AXIS = 1e-13


class Rotation:
    """Centred patients along the axes of their weighted scatter matrix.

    A ridge solution lies in the span of the patients, so that nothing is lost where
    there are more features than patients.

    Parameters
    ----------
    X : ndarray of shape (n_patients, n_features)
        Features.
    weight : ndarray of shape (n_patients,)
        Weights of the patients.

    Attributes
    ----------
    mean : ndarray of shape (n_features,)
        Weighted mean of the features.
    axes : ndarray of shape (n_features, n_axes)
        Orthonormal axes.
    scores : ndarray of shape (n_patients, n_axes)
        Centred patients along the axes.
    scatter : ndarray of shape (n_axes,)
        Weighted sum of squares of the scores; their sums of products are 0.
    """

    def __init__(self, X, weight):
        n_patients, n_features = X.shape
        self.mean = weight @ X / weight.sum()
        centred = X - self.mean
        root = np.sqrt(weight)[:, None]
        scaled = centred * root
        if n_features <= n_patients:
            scatter, self.axes = np.linalg.eigh(scaled.T @ scaled)
        else:
            scatter, left = np.linalg.eigh(scaled @ scaled.T)
            kept = scatter > _SHORTEST_AXIS * scatter[-1]
            scatter = scatter[kept]
            self.axes = scaled.T @ (left[:, kept] / np.sqrt(scatter))
        self.scatter = np.maximum(scatter, 0.0)
        self.scores = centred @ self.axes
