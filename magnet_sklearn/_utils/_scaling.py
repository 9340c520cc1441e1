"""Standardise the columns of a table that has missing cells."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_array
from sklearn.utils import gen_batches

from magnet_sklearn._utils._centred_sparse import CentredSparse

CLIP = 10.0  # standard deviations; beyond this a value says "extreme", not how extreme
_COLUMNS = 1024  # that statistics are taken of at a time: no copy of all is made


@dataclass(frozen=True)
class Standardization:
    """The columns that vary, and their location and scale."""

    columns: np.ndarray
    size: np.ndarray
    mean: np.ndarray
    spread: np.ndarray

    def apply(self, values: np.ndarray, *, fill: bool = True) -> np.ndarray:
        """Standardised kept columns; missing cells become 0, the training mean.

        With `fill` off they stay NaN.
        """
        result = values[:, self.columns].astype(np.float64, copy=False)
        _standardise(result, self.size, self.mean, self.spread)
        if fill:
            result[np.isnan(result)] = 0.0
        return result

    def apply_sparse(self, values: Any, observed: np.ndarray) -> CentredSparse:
        """Return the same, filled, of a CSR table that stays sparse.

        Rows that are not observed hold nothing.
        """
        kept = csr_array(values[:, self.columns], dtype=np.float64, copy=True)
        places, cells = kept.indices, kept.data
        offset = np.zeros(len(self.columns))
        _standardise(offset, self.size, self.mean, self.spread)
        _standardise(cells, self.size[places], self.mean[places], self.spread[places])
        cells[np.isnan(cells)] = 0.0
        cells -= offset[places]
        cells[np.repeat(~observed, np.diff(kept.indptr))] = 0.0
        kept.eliminate_zeros()
        return CentredSparse(kept, offset)


def _standardise(values, size, mean, spread):
    """Standardise and clip in place."""
    # A query may be far larger than anything seen in training.
    with np.errstate(over="ignore"):
        values /= size
        values -= mean
        values /= spread
    np.clip(values, -CLIP, CLIP, out=values)


def fit_standardization(
    values: Any, rows: np.ndarray | slice = slice(None)
) -> Standardization:
    """Learn the standardisation of rows of a float or sparse table."""
    parts = [
        _statistics(values, rows, columns)
        for columns in gen_batches(max(1, values.shape[1]), _COLUMNS)
    ]
    size, mean, spread = map(np.concatenate, zip(*parts, strict=True))
    columns = np.flatnonzero(spread > 10 * np.finfo(np.float64).eps)
    return Standardization(columns, size[columns], mean[columns], spread[columns])


def _statistics(values, rows, columns):
    """Size, mean and spread of some columns."""
    values = values[rows, columns]
    values = values if isinstance(values, np.ndarray) else values.toarray()
    observed = ~np.isnan(values)
    scaled = np.where(observed, values, 0.0).astype(np.float64, copy=False)
    size = _size(np.abs(scaled).max(axis=0, initial=0.0))
    scaled /= size
    count = np.maximum(observed.sum(axis=0), 1)
    mean = scaled.sum(axis=0) / count
    scaled -= mean
    scaled[~observed] = 0.0
    return size, mean, np.sqrt((scaled**2).sum(axis=0) / count)


def _size(largest):
    """Powers of two near the largest values.

    Bringing every column to the size of 1 first keeps squares from overflowing;
    dividing by a power of two changes no digit.
    """
    return np.ldexp(1.0, np.frexp(largest)[1] - 1)
