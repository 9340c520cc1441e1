"""Sparse tables whose columns are centred without being filled."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.utils import gen_batches

_AT_A_TIME = 4_000_000  # products of rows


class CentredSparse:
    """Sum of a sparse table and one row, which is that of a table full of zeros.

    It has the rows, columns and `numpy.asarray` of the dense table that it stands for.

    Parameters
    ----------
    values : CSR array of shape (n_rows, n_columns)
        What each row has beyond `offset`.
    offset : float64 ndarray of shape (n_columns,)
        Added to every row.
    """

    ndim = 2

    def __init__(self, values: Any, offset: np.ndarray) -> None:
        self.values = values
        self.offset = offset

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.values.shape

    @property
    def dtype(self) -> np.dtype:
        """That of the dense table."""
        return self.offset.dtype

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, key: Any) -> CentredSparse:
        """Rows, or rows and columns: `table[rows]`, `table[rows, columns]`."""
        rows, columns = key if isinstance(key, tuple) else (key, slice(None))
        values = self.values if _is_all(rows) else self.values[rows]
        values = values if _is_all(columns) else values[:, columns]
        return CentredSparse(values, self.offset[columns])

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        table = self.values.toarray()
        table += self.offset
        return table if dtype is None else table.astype(dtype, copy=False)

    def __matmul__(self, coef: np.ndarray) -> np.ndarray:
        """Products of the rows with weights of the columns, (n_columns, ...)."""
        return self.values @ coef + self.offset @ coef

    def products(self, other: CentredSparse) -> np.ndarray:
        """Products of all pairs of a row and one of another table, none filled."""
        products = np.empty((len(self), len(other)))
        transposed = other.values.T.tocsr()
        for rows in gen_batches(
            max(1, len(self)), max(1, _AT_A_TIME // max(1, len(other)))
        ):
            products[rows] = (self.values[rows] @ transposed).toarray()
        products += (self.values @ other.offset)[:, None]
        products += other.values @ self.offset + self.offset @ other.offset
        return products

    def squares(self) -> np.ndarray:
        """Squared lengths of the rows."""
        own = self.values.multiply(self.values).sum(axis=1)
        return own + 2 * (self.values @ self.offset) + self.offset @ self.offset

    def weighted_sum(self, weights: np.ndarray) -> np.ndarray:
        """Add the rows up with weights (..., n_rows): (..., n_columns)."""
        flat = weights.reshape(-1, len(self))
        sums = (self.values.T @ flat.T).T + np.outer(flat.sum(axis=1), self.offset)
        return sums.reshape(*weights.shape[:-1], self.shape[1])


def _is_all(key: Any) -> bool:
    return isinstance(key, slice) and key == slice(None)
