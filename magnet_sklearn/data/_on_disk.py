"""Blocks on disk: what is made of many of their rows goes back to disk."""

from collections.abc import Callable
from tempfile import TemporaryFile
from typing import Any

import numpy as np
from sklearn.utils import gen_batches

_IN_MEMORY = 16_384  # rows that are worked on at a time
_LEARNED_FROM = 65_536  # rows that scales and axes are learned from


def in_parts(
    block: Any, n_rows: int, make: Callable[[slice | np.ndarray], np.ndarray]
) -> np.ndarray:
    """Make rows from those of a block; many rows of a block on disk part by part.

    Parameters
    ----------
    block : block
        Where the rows come from.
    n_rows : int
        Rows of the result.
    make : callable
        Makes those of a slice, each from its own row.

    Returns
    -------
    result : ndarray or memmap with n_rows rows
        A memmap is of a temporary file that goes when nobody refers to it.
    """
    if not (isinstance(block, np.memmap) and n_rows > _IN_MEMORY):
        return make(slice(0, n_rows))
    result = None
    for rows in gen_batches(n_rows, _IN_MEMORY):
        part = make(rows)
        if result is None:
            shape = (n_rows, *part.shape[1:])
            with TemporaryFile() as file:
                result = np.memmap(file, part.dtype, "w+", shape=shape)
        result[rows] = part
    assert result is not None  # n_rows is not 0
    return result


def to_learn_from(block: Any, observed: np.ndarray) -> np.ndarray:
    """Tell which rows of a block scales and axes are learned from.

    Parameters
    ----------
    block : block
        The block.
    observed : bool ndarray of shape (n_patients,)
        Who has it.

    Returns
    -------
    rows : int ndarray
        All who have it; of many in a block on disk some, evenly spaced.
    """
    rows = np.flatnonzero(observed)
    if not isinstance(block, np.memmap) or len(rows) <= _LEARNED_FROM:
        return rows
    return rows[np.linspace(0, len(rows) - 1, _LEARNED_FROM).astype(int)]
