"""Patients as whole-number coordinates, in which sums of products are exact.

The order of summation in a matrix product depends on the shapes of the matrices, so
that a patient alone would get other last digits, and at a tie other neighbours, than in
a batch. Here every factor is rounded to a grid that is coarse enough for all sums to
fit into the 53 bits of a float64: then no addition rounds, and the order has no
effect. The rounding, about 1e-6 standard deviations, is far below the noise of any
measurement.
"""

import math
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from scipy import linalg
from sklearn.decomposition import PCA
from sklearn.utils import gen_batches
from threadpoolctl import threadpool_limits

from magnet_sklearn._utils import CLIP, Standardization, fit_standardization
from magnet_sklearn.data import MultiModalData, take_rows, to_learn_from
from magnet_sklearn.graph._vectors import numeric_table

EXACT_BITS = 52  # one less than float64 has, as rounding may lengthen a vector a bit

_AT_A_TIME = 16_384  # rows in double precision

LARGEST_EXACT = 2000  # rows or columns; an eigendecomposition of a second


def grid_bits(largest_sum: float) -> int:
    """Binary places that two factors may have if their sums stay below a bound."""
    return int((EXACT_BITS - math.log2(largest_sum)) // 2)


@dataclass(frozen=True)
class BlockProjection:
    """Standardise a block and, where it is wide, rotate it to few components."""

    standardization: Standardization
    components: np.ndarray | None
    component_bits: int

    @property
    def width(self) -> int:
        """Number of coordinates."""
        if self.components is None:
            return len(self.standardization.columns)
        return self.components.shape[1]

    def apply(self, table: np.ndarray, bits: int) -> np.ndarray:
        """Coordinates, in units of `2**-bits`, of a table; missing cells count 0."""
        standard = self.standardization.apply(table)
        if self.components is None:
            return np.rint(np.ldexp(standard, bits))
        standard = np.rint(np.ldexp(standard, self.component_bits))
        return np.rint(
            np.ldexp(standard @ self.components, bits - 2 * self.component_bits)
        )


@dataclass(frozen=True)
class PatientSpace:
    """The coordinates in which training patients and queries are compared."""

    projections: dict[str, BlockProjection]
    bits: int

    @property
    def widths(self) -> list[int]:
        """Number of coordinates of each modality."""
        return [projection.width for projection in self.projections.values()]

    def apply(self, X: MultiModalData) -> tuple[np.ndarray, np.ndarray]:
        """Coordinates (n_patients, n_coordinates), absent parts 0, and their mask."""
        position = {modality: column for column, modality in enumerate(X)}
        columns = [position[modality] for modality in self.projections]
        mask = X.mask[:, columns]
        coordinates = np.zeros((len(X), sum(self.widths)), dtype=np.int32)
        end = 0
        for (modality, projection), observed in zip(
            self.projections.items(), mask.T, strict=True
        ):
            start, end = end, end + projection.width
            for rows in gen_batches(len(X), _AT_A_TIME):
                table = numeric_table(take_rows(X[modality], rows), modality)
                part = projection.apply(table, self.bits) * observed[rows, np.newaxis]
                coordinates[rows, start:end] = part
        return coordinates, mask


def fit_space(
    X: MultiModalData, n_components: int | None, common_scale: Collection[str] = ()
) -> PatientSpace:
    """Learn the coordinates from training patients; arrays of samples are skipped.

    Columns of the modalities in `common_scale` are scaled together.
    """
    projections = {}
    for (modality, block), observed in zip(X.items(), X.mask.T, strict=True):
        if block.ndim > 2 or not observed.any():
            continue
        some = take_rows(block, to_learn_from(block, observed))
        table = numeric_table(some, modality)
        projection = _fit_projection(table, n_components, modality in common_scale)
        if projection.width:
            projections[modality] = projection
    # No squared distance exceeds (2 |x|)^2, and no coordinate of x exceeds CLIP.
    n_columns = sum(len(p.standardization.columns) for p in projections.values())
    return PatientSpace(projections, grid_bits(4 * CLIP**2 * max(n_columns, 1)))


def _fit_projection(
    table: np.ndarray, n_components: int | None, has_common_scale: bool
) -> BlockProjection:
    standardization = fit_standardization(table)
    if has_common_scale:
        standardization = _with_common_scale(standardization)
    n_columns = len(standardization.columns)
    if n_components is None or n_columns <= n_components:
        return BlockProjection(standardization, None, 0)
    axes = _principal_axes(standardization.apply(table), n_components)
    bits = grid_bits(CLIP * math.sqrt(n_columns))
    return BlockProjection(standardization, np.rint(np.ldexp(axes, bits)), bits)


def _with_common_scale(own: Standardization) -> Standardization:
    """Divide all columns by the largest of their standard deviations."""
    spread = own.spread * own.size
    common, ones = np.full_like(spread, spread.max(initial=0.0)), np.ones_like(spread)
    return Standardization(own.columns, ones, own.mean * own.size, common)


def _principal_axes(table: np.ndarray, n_components: int) -> np.ndarray:
    """Directions of largest variance, (n_columns, at most n_components)."""
    if min(table.shape) > LARGEST_EXACT:
        pca = PCA(n_components, svd_solver="randomized", random_state=0)
        return pca.fit(table).components_.T
    # The eigenvectors of the smaller of X'X and XX' are all that is needed: several
    # times cheaper than a singular value decomposition of X. One thread, because on
    # a busy machine the threads of so small a problem mostly wait for each other.
    is_wide = table.shape[1] > table.shape[0]
    with threadpool_limits(limits=1, user_api="blas"):
        products = table @ table.T if is_wide else table.T @ table
        variance, vectors = linalg.eigh(products, driver="evd", overwrite_a=True)
    # Ascending order; the last ones are wanted, but no directions without variance.
    n_kept = min(n_components, int((variance > 1e-10 * variance[-1]).sum()))
    axes, variance = vectors[:, : -n_kept - 1 : -1], variance[: -n_kept - 1 : -1]
    return table.T @ (axes / np.sqrt(variance)) if is_wide else axes
