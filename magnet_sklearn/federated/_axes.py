"""Axes of the patients of all sites, from sums of products of their features."""

from __future__ import annotations

import numpy as np

from magnet_sklearn.federated._conversation import total

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
    counts : Counts
        Patients of the view.
    is_centred : bool
        Whether axes go through the mean.

    Attributes
    ----------
    mean : ndarray of shape (n_features,)
        Weighted mean of the features.
    axes : ndarray of shape (n_features, n_axes)
        Orthonormal axes.
    scatter : ndarray of shape (n_axes,)
        Weighted sums of squares along them.
    """

    def __init__(self, ask, key, width, counts, *, is_centred=True):
        if width > MOST_COLUMNS:
            raise ValueError(
                f"Experts of the family {key[0]!r} have {width} columns, and the sites "
                f"would have to send {width} x {width} sums of products; at most "
                f"{MOST_COLUMNS} columns are possible. Select columns before, or leave "
                "the family out for this modality, e.g. experts={'joint': None}."
            )
        like = {"sum": (width,), "products": (width, width)}
        replies = ask("scatter", {"family": key[0], "place": key[1]}, like)
        weight = counts.weight()
        self.mean = total(replies, "sum") / weight
        products = total(replies, "products")
        if is_centred:
            products = products - weight * np.outer(self.mean, self.mean)
        scatter, axes = np.linalg.eigh(products)
        if width > counts.n_patients():
            kept = scatter > _SHORTEST_AXIS * scatter[-1]
            scatter, axes = scatter[kept], axes[:, kept]
        self.scatter, self.axes = np.maximum(scatter, 0.0), axes
