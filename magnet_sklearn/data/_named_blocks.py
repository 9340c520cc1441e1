"""Named blocks of the same patients: all that a container tells without a change."""

from collections.abc import ItemsView, Iterator, KeysView, Mapping, ValuesView
from typing import Any

import numpy as np
import pandas as pd

from magnet_sklearn.data._blocks import Block, as_named_frame, feature_names
from magnet_sklearn.data._description import describe_blocks
from magnet_sklearn.data._missing import count_patterns, observed_mask, read_only
from magnet_sklearn.data._summary import summary
from magnet_sklearn.data._to_mudata import write_mudata


class NamedBlocks:
    """Blocks by the name of their modality; row i of every block is one patient.

    Parameters
    ----------
    blocks : mapping of str to block with n_patients rows
        Checked blocks.
    index : Index of shape (n_patients,)
        Patient ids.
    mask : bool ndarray of shape (n_patients, n_modalities), default=None
        True where a block is observed. If None, it is counted when first used.
    """

    def __init__(
        self,
        blocks: Mapping[str, Block],
        index: pd.Index,
        mask: np.ndarray | None = None,
    ) -> None:
        self._blocks = dict(blocks)
        self._index = index
        self._mask = None if mask is None else read_only(mask)

    def __len__(self) -> int:
        return len(self._index)

    def __iter__(self) -> Iterator[str]:
        return iter(self._blocks)

    def __contains__(self, modality: object) -> bool:
        return modality in self._blocks

    def __repr__(self) -> str:
        return summary(self._blocks, self.mask)

    def keys(self) -> KeysView[str]:
        """Return the names of the modalities.

        Returns
        -------
        modalities : KeysView of str
            Names in the order of the blocks.
        """
        return self._blocks.keys()

    def values(self) -> ValuesView[Block]:
        """Return the blocks of all modalities.

        Returns
        -------
        blocks : ValuesView of ndarray, DataFrame or CSR array
            Blocks of n_patients rows each.
        """
        return self._blocks.values()

    def items(self) -> ItemsView[str, Block]:
        """Return names and blocks of all modalities.

        Returns
        -------
        items : ItemsView of (str, block)
            One pair per modality.
        """
        return self._blocks.items()

    @property
    def shape(self) -> tuple[int, int]:
        """Number of patients and of modalities."""
        return len(self._index), len(self._blocks)

    @property
    def index(self) -> pd.Index:
        """Patient ids."""
        return self._index

    @property
    def mask(self) -> np.ndarray:
        """True where a patient has a modality; read-only (n_patients, n_modalities)."""
        if self._mask is None:
            self._mask = observed_mask(self._blocks)
        return self._mask

    def missingness_patterns(self) -> pd.DataFrame:
        """Count the patients of each pattern of observed modalities.

        Returns
        -------
        patterns : DataFrame of shape (n_patterns, n_modalities + 1)
            One bool column per modality and `n_patients`, most frequent first.
        """
        return count_patterns(self.mask, list(self._blocks))

    def describe(self) -> pd.DataFrame:
        """Describe every column, and say which are suspicious.

        Returns
        -------
        description : DataFrame of shape (n_columns, 8)
            A row per modality and column, or per array of more than 100 columns: type,
            share missing, number distinct, range or most frequent categories, and why
            it is suspicious (empty if not). Values of identifiers are not shown.
        """
        return describe_blocks(self._blocks)

    def to_frame(self) -> pd.DataFrame:
        """Put all blocks side by side in one frame.

        Returns
        -------
        frame : DataFrame of shape (n_patients, n_features)
            Columns have two levels, modality and feature; sparse blocks are dense.

        Raises
        ------
        ValueError
            If a block has more than two dimensions.
        """
        frames = {
            name: as_named_frame(name, block, self._index)
            for name, block in self._blocks.items()
        }
        return pd.concat(frames, axis=1, names=["modality", "feature"])

    def to_mudata(self) -> Any:
        """Make a MuData object, which `write` saves as .h5mu.

        Returns
        -------
        mdata : MuData
            An AnnData object per modality, of the patients who have it. Categorical
            columns are in its `obs`; `MultiModalData.from_mudata` finds them there.

        Raises
        ------
        ImportError
            If mudata (extra `mudata`) is not installed.
        ValueError
            If a block has more than two dimensions, or patient ids repeat.
        """
        return write_mudata(self._blocks, self._index, self.mask)

    @property
    def feature_names(self) -> dict[str, np.ndarray | None]:
        """Feature names by modality, None for a block of more than two dimensions."""
        return {name: feature_names(name, b) for name, b in self._blocks.items()}
