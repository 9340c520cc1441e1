"""Sets of cells, patches or lesions: scaled for networks, and for simple models."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from magnet_sklearn.data import SetArray
from magnet_sklearn.preprocessing._places import PlacesScaling

_QUANTILES = (0.1, 0.5, 0.9)


@dataclass(frozen=True)
class SetBlock:
    """Standardised columns of elements; places without an element stay NaN.

    Parameters
    ----------
    scaling : PlacesScaling
        Of the columns.
    """

    scaling: PlacesScaling
    fill: ClassVar[float] = 0.0
    feature_names: ClassVar[None] = None
    input_names: ClassVar[None] = None
    category_codes: ClassVar[tuple] = ()
    category_sizes: ClassVar[list[int]] = []

    @classmethod
    def fit(cls, block: np.ndarray) -> "SetBlock":
        """Learn scales from patients who have the block."""
        return cls(PlacesScaling.fit(block))

    def transform(
        self, block: np.ndarray, observed: np.ndarray, *, impute: bool
    ) -> np.ndarray:
        """Block of shape (n_patients, n_places, n_columns)."""
        is_empty = np.isnan(np.asarray(block)).all(axis=2)
        table = self.scaling.apply(block, fill=True)
        if table.shape[2] == 0:
            table = np.zeros((*is_empty.shape, 1))
        table[is_empty | ~observed[:, None]] = np.nan
        return table.view(SetArray)


def set_features(block: np.ndarray) -> np.ndarray:
    """Mean, standard deviation and quantiles of each column over the elements."""
    # patient by patient: sums do not depend on how far others reach
    elements = [rows[~np.isnan(rows).all(axis=1)] for rows in np.asarray(block)]
    return np.array([_moments(rows) for rows in elements])


def _moments(rows):
    quantiles = np.quantile(rows, _QUANTILES, axis=0)
    return np.concatenate([rows.mean(axis=0), rows.std(axis=0), *quantiles])
