"""Axes of the patients of all sites, from sums of products of their features."""

from __future__ import annotations

import numpy as np

from magnet_sklearn.federated._conversation import total
from magnet_sklearn.federated._site import N_FOLDS

# Relative to the longest axis; of shorter ones a squared length is rounding error.
_SHORTEST_AXIS = 1e-13
# A table of sums of products of more columns would not fit into messages.
MOST_COLUMNS = 6000


class PooledAxes:
    """Axes along which the patients of all sites are uncorrelated.

    Parameters
    ----------
    ask : callable
        Asks all sites.
    key : (str, int)
        Family and view whose features these are.
    width : int
        Number of features.
    n_patients : int
        Of all sites.
    fold_weights : ndarray of shape (n_folds + 1,)
        Weights of the patients by fold, the last those that are in none.
    is_centred : bool
        Whether axes go through the mean.

    Attributes
    ----------
    mean : ndarray of shape (n_features,)
        Weighted mean of the features.
    fold_sums : ndarray of shape (n_folds + 1, n_features)
        Weighted sums by fold.
    axes : ndarray of shape (n_features, n_axes)
        Orthonormal axes.
    scatter : ndarray of shape (n_axes,)
        Weighted sums of squares along them.
    """

    def __init__(self, ask, key, width, n_patients, fold_weights, *, is_centred=True):
        if width > MOST_COLUMNS:
            raise ValueError(
                f"Experts of the family {key[0]!r} have {width} columns, and the sites "
                f"would have to send {width} x {width} sums of products; at most "
                f"{MOST_COLUMNS} columns are possible. Select columns before, or leave "
                "the family out for this modality, e.g. experts={'joint': None}."
            )
        like = {"sums": (N_FOLDS + 1, width), "products": (width, width)}
        replies = ask("scatter", {"family": key[0], "place": key[1]}, like)
        self.fold_sums = total(replies, "sums")
        weight = fold_weights.sum()
        self.mean = self.fold_sums.sum(axis=0) / weight
        products = total(replies, "products")
        if is_centred:
            products = products - weight * np.outer(self.mean, self.mean)
        scatter, axes = np.linalg.eigh(products)
        if width > n_patients:
            kept = scatter > _SHORTEST_AXIS * scatter[-1]
            scatter, axes = scatter[kept], axes[:, kept]
        self.scatter, self.axes = np.maximum(scatter, 0.0), axes

    def fold_mean(self, fold: int, fold_weights: np.ndarray) -> np.ndarray:
        """Mean of the features of everybody who is not in a fold."""
        used = np.arange(N_FOLDS + 1) != fold
        return self.fold_sums[used].sum(axis=0) / fold_weights[used].sum()
