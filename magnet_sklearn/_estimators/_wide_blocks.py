"""Wide blocks as networks see them: in their principal components."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
from scipy import linalg
from sklearn.utils import gen_batches

from magnet_sklearn._utils import CLIP, CentredSparse
from magnet_sklearn.data import MultiModalData
from magnet_sklearn.graph import grid_bits
from magnet_sklearn.preprocessing import DefaultPreprocessor, SideBySidePreprocessor

WIDE = 2000  # columns; narrower blocks cost networks little
_PER_PATIENT = 2  # and as many columns per patient
_MOST_COMPONENTS = 128
_LEARNED_FROM = 2000  # patients; an eigendecomposition of a second
# Share of a component's variance in training that new patients have, too.
_LEAST_SHARE = 0.5
_FEWEST_COMPONENTS = 2
_AT_A_TIME = 2_000_000  # values in double precision


class ModelPreprocessor(DefaultPreprocessor):
    """The default preprocessing of an estimator, in which wide sparse blocks stay so.

    Parameters
    ----------
    dense : tuple of str, default=()
        Modalities whose columns networks see, which never stay sparse.
    """

    _parameter_constraints = {
        **DefaultPreprocessor._parameter_constraints,
        "dense": [tuple],
    }

    def __init__(self, *, dense=()):
        super().__init__()
        self.dense = dense

    def _stays_sparse(
        self, modality: str, shape: tuple[int, int], n_observed: int
    ) -> bool:
        return modality not in self.dense and is_wide(shape, n_observed)


@dataclass(frozen=True)
class BlockComponents:
    """Principal components of a block.

    Parameters
    ----------
    axes : float32 ndarray of shape (n_features, n_components)
        Directions, in units of `2**-bits`: whole numbers.
    bits : int
        Binary places of axes and values. Then sums of products are exact, and a
        patient alone has the same coordinates as in a batch.
    scale : float
        Root mean square of the coordinates of the training patients.
    """

    axes: np.ndarray
    bits: int
    scale: float

    def apply(
        self, table: np.ndarray | CentredSparse, observed: np.ndarray
    ) -> np.ndarray:
        """Coordinates of the rows that are observed; others are NaN."""
        n_columns, n_components = self.axes.shape
        coordinates = np.full((len(table), n_components), np.nan)
        if not observed.any():
            return coordinates
        axes = self.axes.astype(np.float64)
        with_block = np.flatnonzero(observed)
        for part in gen_batches(len(with_block), max(1, _AT_A_TIME // n_columns)):
            rows = with_block[part]
            values = np.ldexp(np.asarray(table[rows]), self.bits)
            products = np.rint(values, out=values) @ axes
            coordinates[rows] = np.ldexp(products, -2 * self.bits) / self.scale
        return coordinates

    def to_columns(
        self, of_components: np.ndarray, way: np.ndarray, way_of_columns: np.ndarray
    ) -> np.ndarray:
        """Divide what components add among the columns that they are sums of.

        Parameters
        ----------
        of_components : ndarray of shape (n_patients, n_components, n_outputs)
            What components add along a straight way from a reference.
        way : ndarray of shape (n_patients, n_components)
            The way in components.
        way_of_columns : ndarray of shape (n_patients, n_features)
            The same way in columns.

        Returns
        -------
        of_columns : ndarray of shape (n_patients, n_features, n_outputs)
            By the chain rule; sums stay.
        """
        moves = np.abs(way) > 1e-12
        slope = np.where(moves, 1 / np.where(moves, way, 1.0), 0.0)[:, :, None]
        axes = np.ldexp(self.axes.astype(np.float64), -self.bits) / self.scale
        gradient = np.einsum("nko,pk->npo", of_components * slope, axes)
        return gradient * way_of_columns[:, :, None]


@dataclass(frozen=True)
class WideBlockProjection:
    """Replace wide blocks by their principal components, as a step of preprocessing.

    Parameters
    ----------
    blocks : dict of str to BlockComponents
        Of each modality that is replaced; others stay.
    category_sizes_ : dict of str to list of int
        As in `DefaultPreprocessor`, of all modalities.
    """

    blocks: Mapping[str, BlockComponents]
    category_sizes_: Mapping[str, list[int]]

    def transform(self, X: MultiModalData) -> MultiModalData:
        """Project preprocessed patients."""
        observed = dict(zip(X, X.mask.T, strict=True))
        projected = {
            name: self.blocks[name].apply(block, observed[name])
            if name in self.blocks
            else block
            for name, block in X.items()
        }
        return MultiModalData._from_checked(projected, X.index, X.mask)


def without_projections(
    steps: Sequence[Any],
) -> tuple[list[Any], dict[str, BlockComponents]]:
    """Return steps without those that project, and the components of these.

    After `add_modality` each group of modalities has steps of its own.
    """
    kept, blocks = list(steps), dict[str, BlockComponents]()
    if isinstance(kept[-1], WideBlockProjection):
        blocks |= kept.pop().blocks
    if isinstance(kept[-1], SideBySidePreprocessor):
        pipelines = []
        for modalities, own in kept[-1].pipelines:
            left, found = without_projections(own)
            pipelines.append((modalities, left))
            blocks |= found
        kept[-1] = SideBySidePreprocessor(pipelines)
    return kept, blocks


def fit_projection(
    X: MultiModalData, modalities: Collection[str], sizes: Mapping[str, list[int]]
) -> WideBlockProjection | None:
    """Learn the components of wide blocks; None if none is wide.

    Parameters
    ----------
    X : MultiModalData of shape (n_patients, n_modalities)
        Preprocessed training patients.
    modalities : set of str
        Modalities whose blocks may be replaced.
    sizes : dict of str to list of int
        Sizes of the one-hot groups; a block that has some stays.
    """
    observed = dict(zip(X, X.mask.T, strict=True))
    blocks = {
        name: fit_components(block[_learned_from(observed[name])])
        for name, block in X.items()
        if name in modalities
        and not sizes.get(name)
        and is_wide(block.shape, int(observed[name].sum()))
    }
    return WideBlockProjection(blocks, sizes) if blocks else None


def is_wide(shape: tuple[int, ...], n_observed: int) -> bool:
    """Whether networks see the components of a block in its place."""
    return len(shape) == 2 and shape[1] > max(WIDE, _PER_PATIENT * n_observed)


def _learned_from(observed: np.ndarray) -> np.ndarray:
    """Rows that have a block; of many some, evenly spaced."""
    rows = np.flatnonzero(observed)
    n_kept = min(len(rows), _LEARNED_FROM)
    return rows[np.linspace(0, len(rows) - 1, n_kept).astype(int)]


def fit_components(table: np.ndarray | CentredSparse) -> BlockComponents:
    r"""Learn the principal components of a table that stand out from its noise.

    With more columns than patients, the coordinates of training patients are larger
    than those of others, for each patient has bent the axes towards itself. Without
    its own part the coordinate of patient :math:`i` on an axis of sum of squares
    :math:`\lambda` is :math:`1 - |x_i|^2 / \lambda` of what it is. Axes are kept on
    which this is a half or more on average. Signal outside of them reaches predictions
    by way of the experts alone.

    Parameters
    ----------
    table : ndarray or CentredSparse of shape (n_patients, n_features)
        Standardised columns, all rows observed.
    """
    products = _products(table)
    variance, vectors = linalg.eigh(products, driver="evd")
    variance, vectors = variance[::-1], vectors[:, ::-1]
    share = 1 - np.trace(products) / len(products) / np.maximum(variance, 1e-300)
    n_kept = np.clip(
        (share >= _LEAST_SHARE).sum(), _FEWEST_COMPONENTS, _MOST_COMPONENTS
    )
    n_kept = max(1, min(n_kept, int((variance > 1e-10 * variance[0]).sum())))
    variance, vectors = variance[:n_kept], vectors[:, :n_kept]
    bits = grid_bits(CLIP * sqrt(table.shape[1]))
    axes = _weighted_sums(table, vectors / np.sqrt(variance))
    scale = sqrt(variance.mean() / len(table))
    whole = np.rint(np.ldexp(axes, bits)).astype(np.float32)
    return BlockComponents(whole, bits, scale)


def _products(table):
    """Products of all pairs of rows."""
    if isinstance(table, CentredSparse):
        return table.products(table)
    return table @ table.T


def _weighted_sums(table, of_rows):
    """Add rows up with weights (n_rows, n_sums), to (n_columns, n_sums)."""
    if isinstance(table, CentredSparse):
        return table.weighted_sum(of_rows.T).T
    return table.T @ of_rows
