"""Standardise the columns of a table that has missing cells."""

from dataclasses import dataclass

import numpy as np

CLIP = 10.0  # standard deviations; beyond this a value says "extreme", not how extreme


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
        # A query may be far larger than anything seen in training.
        with np.errstate(over="ignore"):
            result /= self.size
            result -= self.mean
            result /= self.spread
        np.clip(result, -CLIP, CLIP, out=result)
        if fill:
            result[np.isnan(result)] = 0.0
        return result


def fit_standardization(values: np.ndarray) -> Standardization:
    """Learn the standardisation of a float table of shape (n_rows, n_features)."""
    observed = ~np.isnan(values)
    scaled = np.where(observed, values, 0.0).astype(np.float64, copy=False)
    largest = np.abs(scaled).max(axis=0, initial=0.0)
    # Bringing every column to the size of 1 first keeps squares from overflowing;
    # dividing by a power of two changes no digit.
    size = np.ldexp(1.0, np.frexp(largest)[1] - 1)
    scaled /= size
    count = np.maximum(observed.sum(axis=0), 1)
    mean = scaled.sum(axis=0) / count
    scaled -= mean
    scaled[~observed] = 0.0
    spread = np.sqrt((scaled**2).sum(axis=0) / count)
    columns = np.flatnonzero(spread > 10 * np.finfo(np.float64).eps)
    return Standardization(columns, size[columns], mean[columns], spread[columns])
