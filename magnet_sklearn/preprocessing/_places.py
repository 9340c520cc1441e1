"""Scaling of blocks whose patients have places: steps of time, elements of sets."""

from dataclasses import dataclass

import numpy as np

from magnet_sklearn._utils import Standardization, fit_standardization


@dataclass(frozen=True)
class PlacesScaling:
    """Standardise columns over the places of all patients.

    Parameters
    ----------
    standardization : Standardization
        Columns that vary, their means and spreads.
    """

    standardization: Standardization

    @classmethod
    def fit(cls, block: np.ndarray) -> "PlacesScaling":
        """Learn from a block of shape (n_patients, n_places, n_columns)."""
        return cls(fit_standardization(_rows(block)))

    def apply(self, block: np.ndarray, *, fill: bool) -> np.ndarray:
        """Scaled columns that vary; with `fill`, missing cells are 0."""
        scaled = self.standardization.apply(_rows(block), fill=fill)
        return scaled.reshape(*block.shape[:2], -1)


def _rows(block: np.ndarray) -> np.ndarray:
    return np.asarray(block).reshape(-1, block.shape[2])
