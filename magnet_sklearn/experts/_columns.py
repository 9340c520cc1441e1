"""Columns of one modality, of the patients who have it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from sklearn.utils import gen_batches

from magnet_sklearn._utils import CentredSparse

# Columns that are worked on at a time: no copy of a wide block is made.
_CHUNK = 1024
_CHUNK_VALUES = 2_000_000


class DenseColumns:
    """Some rows of a dense block; a missing cell counts as 0, the mean.

    Parameters
    ----------
    block : ndarray of shape (n_patients, n_features)
        A preprocessed block.
    rows : int ndarray of shape (n_rows,)
        Patients who have it.
    """

    def __init__(self, block: np.ndarray, rows: np.ndarray):
        self.block, self.rows = block, rows

    def pieces(self) -> Iterator[tuple[slice, slice, np.ndarray]]:
        """Yield rows, columns and dense values of each of some pieces."""
        everybody = len(self.rows) == len(self.block)
        for columns in gen_batches(self.block.shape[1], _CHUNK):
            piece = self.block[slice(None) if everybody else self.rows, columns]
            # of one layout, on which the last bits of products depend
            piece = np.array(piece, dtype=np.float64, order="C")
            yield slice(None), columns, np.nan_to_num(piece, copy=False)

    def gram(self) -> np.ndarray:
        """Products of all pairs of rows."""
        gram = np.zeros((len(self.rows), len(self.rows)))
        for _, _, piece in self.pieces():
            gram += piece @ piece.T
        return gram

    def squares_and_products(self, landmarks: Any) -> tuple[np.ndarray, np.ndarray]:
        """Squared lengths of the rows, and their products with landmarks.

        In the precision of the landmarks, or exact with places of rows as landmarks.
        """
        are_own = np.ndim(landmarks) == 1
        squares = np.zeros(len(self.rows))
        products = np.zeros((len(self.rows), len(landmarks)))
        for _, columns, piece in self.pieces():
            others = piece[landmarks] if are_own else np.asarray(landmarks[:, columns])
            piece = piece.astype(others.dtype, copy=False)
            squares += np.einsum("ij,ij->i", piece, piece, dtype=np.float64)
            products += piece @ others.T
        return squares, products

    def weighted_sum(self, weights: np.ndarray) -> np.ndarray:
        """Add the rows up with weights (..., n_rows)."""
        sums = np.empty((*weights.shape[:-1], self.block.shape[1]))
        for _, columns, piece in self.pieces():
            sums[..., columns] = weights @ piece
        return sums

    def __matmul__(self, coef: np.ndarray) -> np.ndarray:
        sums = np.zeros((len(self.rows), *coef.shape[1:]))
        for _, columns, piece in self.pieces():
            sums += piece @ coef[columns]
        return sums


class SparseColumns:
    """Some rows of a block that stays sparse.

    Parameters
    ----------
    block : CentredSparse of shape (n_patients, n_features)
        A preprocessed block.
    rows : int ndarray of shape (n_rows,)
        Patients who have it.
    """

    def __init__(self, block: CentredSparse, rows: np.ndarray):
        self.table = block[rows]

    def pieces(self) -> Iterator[tuple[slice, slice, np.ndarray]]:
        """Yield rows, columns and dense values of each of some pieces."""
        n_rows, n_columns = self.table.shape
        for rows in gen_batches(max(1, n_rows), max(1, _CHUNK_VALUES // n_columns)):
            yield rows, slice(0, n_columns), np.asarray(self.table[rows])

    def gram(self) -> np.ndarray:
        """Products of all pairs of rows."""
        return self.table.products(self.table)

    def squares_and_products(self, landmarks: Any) -> tuple[np.ndarray, np.ndarray]:
        """Squared lengths of the rows, and their products with landmarks.

        Exact; landmarks may be places of rows.
        """
        others = self.table[landmarks] if np.ndim(landmarks) == 1 else landmarks
        return self.table.squares(), self.table.products(others)

    def weighted_sum(self, weights: np.ndarray) -> np.ndarray:
        """Add the rows up with weights (..., n_rows)."""
        return self.table.weighted_sum(weights)

    def __matmul__(self, coef: np.ndarray) -> np.ndarray:
        return self.table @ coef


def columns_of(block: Any, rows: np.ndarray) -> DenseColumns | SparseColumns:
    """Columns of some rows of a preprocessed block."""
    if isinstance(block, CentredSparse):
        return SparseColumns(block, rows)
    return DenseColumns(block, rows)
