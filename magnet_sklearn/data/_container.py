"""MultiModalData: named blocks whose rows are the same patients."""

from collections.abc import ItemsView, Iterator, KeysView, Mapping, ValuesView
from typing import Any, NoReturn

import numpy as np
import pandas as pd
from scipy import sparse

from magnet_sklearn.data._blocks import Block, as_block, observed_rows, take_rows
from magnet_sklearn.data._ids import common_index
from magnet_sklearn.data._missing import count_patterns
from magnet_sklearn.data._names import did_you_mean, quoted
from magnet_sklearn.data._rows import as_rows
from magnet_sklearn.data._summary import summary


class MultiModalData:
    """Blocks of features by modality; row i of every block is the same patient.

    A patient lacks a modality where the whole row of its block is NaN. A single NaN
    in an observed row is a missing value. Blocks are never written to.

    Parameters
    ----------
    blocks : mapping of str to array-like, DataFrame, Series or sparse matrix
        One block per modality, each with one row per patient. Arrays hold numbers
        in two or more dimensions; frames may have categorical columns too.
    index : array-like of shape (n_patients,), default=None
        Patient ids. If None, the ids of the first frame that has other row labels
        than the default ones, else 0, 1, 2, ...

    Attributes
    ----------
    shape : tuple of (n_patients, n_modalities)
        Number of patients and of modalities.
    mask : bool ndarray of shape (n_patients, n_modalities)
        True where the patient has the modality. Read-only.
    index : Index of shape (n_patients,)
        Patient ids.
    feature_names : dict of str to ndarray of shape (n_features,) or None
        Feature names by modality; None for blocks of more than two dimensions.

    Raises
    ------
    ValueError
        If there is no block, blocks differ in length, frames disagree about the
        patients, or a block cannot be read as numbers and categories.
    TypeError
        If `blocks` is not a mapping, or a name is not a string.

    Examples
    --------
    >>> import numpy as np
    >>> from magnet_sklearn.data import MultiModalData
    >>> X = MultiModalData(
    ...     {"rna": [[1.0, 0.5], [np.nan, np.nan]], "age": [[61], [48]]}
    ... )
    >>> X
    MultiModalData: 2 patients, 2 modalities, 75% of blocks observed,
    2 missingness patterns
      rna  2 features   50% observed  array float64
      age   1 feature  100% observed  array float64
    >>> X.mask.tolist()
    [[True, True], [False, True]]
    >>> X[[1]]["age"].tolist()
    [[48.0]]
    """

    def __init__(self, blocks: Mapping[str, Any], index: Any = None) -> None:
        if not isinstance(blocks, Mapping | MultiModalData):
            raise TypeError(
                "MultiModalData needs a dict of modality name to block, got "
                f"{type(blocks).__name__}. Use check_multimodal for a flat table."
            )
        if index is None and isinstance(blocks, MultiModalData):
            index = blocks.index
        checked = {
            _check_name(name): as_block(name, value) for name, value in blocks.items()
        }
        n_patients = _common_length(checked)
        self._index = common_index(checked, index, n_patients)
        self._blocks = {
            name: with_index(block, self._index) for name, block in checked.items()
        }
        self._mask: np.ndarray | None = None

    @classmethod
    def _from_checked(
        cls, blocks: dict[str, Block], index: pd.Index, mask: np.ndarray | None = None
    ) -> "MultiModalData":
        # Subsets of checked blocks need no check: predicting one patient stays cheap.
        data = cls.__new__(cls)
        data._blocks, data._index = blocks, index
        if mask is not None:
            mask.flags.writeable = False
        data._mask = mask
        return data

    def __len__(self) -> int:
        return len(self._index)

    def __iter__(self) -> Iterator[str]:
        return iter(self._blocks)

    def __contains__(self, modality: object) -> bool:
        return modality in self._blocks

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, str):
            return self._block(key)
        rows = as_rows(key, len(self))
        return self._from_checked(
            {name: take_rows(block, rows) for name, block in self._blocks.items()},
            self._index[rows],
            None if self._mask is None else self._mask[rows],
        )

    def __repr__(self) -> str:
        return summary(self._blocks, self.mask)

    def __array__(self, dtype: Any = None, copy: Any = None) -> NoReturn:
        raise TypeError(
            "MultiModalData is not one array: its blocks differ in kind. Use "
            "X.to_frame() for one table, or X['name'] for one modality's block."
        )

    def keys(self) -> KeysView[str]:
        """Names of the modalities.

        Returns
        -------
        modalities : view of str
            Names in the order of the blocks.
        """
        return self._blocks.keys()

    def values(self) -> ValuesView[Block]:
        """Blocks of all modalities.

        Returns
        -------
        blocks : view of ndarray, DataFrame or CSR array
            Blocks of n_patients rows each.
        """
        return self._blocks.values()

    def items(self) -> ItemsView[str, Block]:
        """Names and blocks of all modalities.

        Returns
        -------
        items : view of (str, block)
            Pairs in the order of the blocks.
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
        """Which patient has which modality, as bool (n_patients, n_modalities)."""
        if self._mask is None:
            mask = np.column_stack([observed_rows(b) for b in self._blocks.values()])
            mask.flags.writeable = False
            self._mask = mask
        return self._mask

    @property
    def feature_names(self) -> dict[str, np.ndarray | None]:
        """Feature names by modality; None for more than two dimensions."""
        return {name: _feature_names(name, b) for name, b in self._blocks.items()}

    def missingness_patterns(self) -> pd.DataFrame:
        """Count the patients of each pattern of observed modalities.

        Returns
        -------
        patterns : DataFrame of shape (n_patterns, n_modalities + 1)
            One bool column per modality and `n_patients`, most frequent first.
        """
        return count_patterns(self.mask, list(self._blocks))

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
        frames = {}
        for name, block in self._blocks.items():
            if block.ndim > 2:
                raise ValueError(
                    f"Modality {name!r} has shape {block.shape} and does not fit in a "
                    "table. Leave it out, or reshape it to two dimensions."
                )
            if not isinstance(block, pd.DataFrame):
                values = block.toarray() if sparse.issparse(block) else block
                columns = _feature_names(name, block)
                block = pd.DataFrame(values, index=self._index, columns=columns)
            frames[name] = block
        return pd.concat(frames, axis=1, names=["modality", "feature"])

    def _block(self, modality: str) -> Block:
        if modality not in self._blocks:
            raise KeyError(
                f"There is no modality {modality!r}. Modalities: "
                f"{quoted(self._blocks)}.{did_you_mean(modality, self._blocks)}"
            )
        return self._blocks[modality]


def _check_name(name: Any) -> str:
    if not isinstance(name, str):
        raise TypeError(
            f"Names of modalities must be strings, got {name!r} of type "
            f"{type(name).__name__}. Rename the key of this block."
        )
    if not name:
        raise ValueError("The name of a modality is empty. Name the key of this block.")
    return name


def _common_length(blocks: dict[str, Block]) -> int:
    if not blocks:
        raise ValueError("There is no modality: pass at least one block.")
    lengths = {name: block.shape[0] for name, block in blocks.items()}
    if len(set(lengths.values())) > 1:
        counts = ", ".join(f"{name!r} {length}" for name, length in lengths.items())
        raise ValueError(
            f"Modalities have different numbers of patients: {counts}. Every block "
            "needs one row per patient, all NaN where the modality is missing; "
            "MultiModalData.from_frames makes such blocks from frames with patient ids."
        )
    return next(iter(lengths.values()))


def with_index(block: Block, index: pd.Index) -> Block:
    """Give a frame the patient ids as its row labels; other blocks have none."""
    if isinstance(block, pd.DataFrame) and block.index is not index:
        return block.set_axis(index, axis=0)
    return block


def _feature_names(modality: str, block: Block) -> np.ndarray | None:
    if isinstance(block, pd.DataFrame):
        return block.columns.to_numpy()
    if block.ndim > 2:
        return None
    return np.array([f"{modality}_{j}" for j in range(block.shape[1])], dtype=object)
