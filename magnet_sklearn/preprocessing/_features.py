"""Tables in place of images, time series and sets, for simple models."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from magnet_sklearn._utils import Standardization, fit_standardization
from magnet_sklearn.data import MultiModalData, kind_of
from magnet_sklearn.preprocessing._images import image_features
from magnet_sklearn.preprocessing._series import series_features
from magnet_sklearn.preprocessing._sets import set_features

_AT_A_TIME = 10_000_000  # cells


# By kind of block: from patients who have it to a table, NaN a missing value.
FEATURES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "image": image_features,
    "array": image_features,
    "series": series_features,
    "set": set_features,
}


@dataclass(frozen=True)
class BlockFeatures:
    """Standardised features of one modality.

    Parameters
    ----------
    kind : str
        Of the block.
    standardization : Standardization
        Columns of the table that vary.
    """

    kind: str
    standardization: Standardization

    @classmethod
    def fit(cls, block: np.ndarray, observed: np.ndarray) -> BlockFeatures:
        """Learn from training patients who have the block."""
        kind = kind_of(block)
        found = _in_parts(kind, block, np.flatnonzero(observed))
        return cls(kind, fit_standardization(found))

    def transform(self, block: np.ndarray, observed: np.ndarray) -> np.ndarray:
        """Table of all patients; rows that are not observed are NaN."""
        n_columns = len(self.standardization.columns)
        table = np.full((len(observed), max(1, n_columns)), np.nan)
        table[observed] = 0.0
        if n_columns and observed.any():
            found = _in_parts(self.kind, block, np.flatnonzero(observed))
            table[observed] = self.standardization.apply(found)
        return table


@dataclass(frozen=True)
class FeatureTables:
    """Replace images, time series and sets by tables, as a step of preprocessing.

    Parameters
    ----------
    blocks : dict of str to BlockFeatures
        Of each modality that is replaced; others stay.
    category_sizes_, fill_values_ : dict of str
        As in `DefaultPreprocessor`, of all modalities.
    """

    blocks: Mapping[str, BlockFeatures]
    category_sizes_: Mapping[str, list[int]]
    fill_values_: Mapping[str, float]

    def transform(self, X: MultiModalData) -> MultiModalData:
        """Replace blocks of preprocessed patients."""
        observed = dict(zip(X, X.mask.T, strict=True))
        tables = {
            name: self.blocks[name].transform(block, observed[name])
            if name in self.blocks
            else block
            for name, block in X.items()
        }
        return MultiModalData._from_checked(tables, X.index, X.mask)


def fit_feature_tables(
    X: MultiModalData, modalities: Collection[str], last: Any
) -> FeatureTables | None:
    """Learn the tables of images, time series and sets; None if there are none.

    Parameters
    ----------
    X : MultiModalData of shape (n_patients, n_modalities)
        Preprocessed training patients.
    modalities : collection of str
        Modalities that were fitted on them.
    last : transformer
        What has preprocessed them.
    """
    observed = dict(zip(X, X.mask.T, strict=True))
    blocks = {
        name: BlockFeatures.fit(block, observed[name])
        for name, block in X.items()
        if name in modalities and kind_of(block) in FEATURES
    }
    if not blocks:
        return None
    filled = {**last.fill_values_, **dict.fromkeys(blocks, 0.0)}
    return FeatureTables(blocks, last.category_sizes_, filled)


def _in_parts(kind, block, rows):
    """Features of some patients at a time, as they take several times their memory."""
    step = max(1, _AT_A_TIME // max(1, int(np.prod(block.shape[1:]))))
    starts = range(0, len(rows), step)
    return np.concatenate(
        [FEATURES[kind](block[rows[start : start + step]]) for start in starts]
    )
