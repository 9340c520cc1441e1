"""MultiModalData: named blocks whose rows are the same patients."""

from collections.abc import ItemsView, Iterator, KeysView, Mapping, Sequence, ValuesView
from os import PathLike
from typing import Any, NoReturn

import numpy as np
import pandas as pd

from magnet_sklearn.data._align import join_frames
from magnet_sklearn.data._blocks import (
    Block,
    as_named_frame,
    feature_names,
    take_rows,
    with_index,
)
from magnet_sklearn.data._checks import check_blocks
from magnet_sklearn.data._description import describe_blocks
from magnet_sklearn.data._folder import read_cohort
from magnet_sklearn.data._ids import common_index
from magnet_sklearn.data._missing import count_patterns, observed_mask, read_only
from magnet_sklearn.data._mudata import read_mudata
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
        if isinstance(blocks, MultiModalData):
            index = blocks.index if index is None else index
            blocks = dict(blocks.items())
        checked = check_blocks(blocks)
        n_patients = next(iter(checked.values())).shape[0]
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
        data._mask = None if mask is None else read_only(mask)
        return data

    @classmethod
    def from_frames(cls, frames: Mapping[str, pd.DataFrame]) -> "MultiModalData":
        """Join frames by patient id.

        Parameters
        ----------
        frames : mapping of str to DataFrame or Series
            One frame per modality; its row labels are patient ids and do not repeat.

        Returns
        -------
        X : MultiModalData of shape (n_patients, n_modalities)
            All patients in the order in which they first appear; a patient absent
            from a frame lacks its modality.

        Raises
        ------
        ValueError
            If patient ids repeat or are missing.
        TypeError
            If a value is no frame, or ids are numbers here and text there.

        Examples
        --------
        >>> import pandas as pd
        >>> from magnet_sklearn.data import MultiModalData
        >>> rna = pd.DataFrame({"TP53": [0.1, 0.2]}, index=["ann", "bob"])
        >>> age = pd.DataFrame({"age": [48, 61]}, index=["bob", "cy"])
        >>> X = MultiModalData.from_frames({"rna": rna, "clinical": age})
        >>> X.index.tolist(), X.mask.tolist()
        (['ann', 'bob', 'cy'], [[True, False], [True, True], [False, True]])
        """
        return cls._from_checked(*join_frames(frames))

    @classmethod
    def from_folder(
        cls,
        folder: str | PathLike[str],
        labels: str | None = "labels.csv",
        modalities: Sequence[str] | None = None,
        mmap: bool = False,
    ) -> tuple["MultiModalData", pd.DataFrame | None]:
        """Read a cohort from a folder with one file per modality.

        A file has the patients with the modality: `<modality>.csv` or `.parquet` (id =
        first column or index), or `.npz` (`X`, `index`, `columns`). Ids become text. A
        `.npy` file has no ids: its rows are the patients of the labels, in their order.

        Parameters
        ----------
        folder : str or path
            Folder with the files.
        labels : str or None, default="labels.csv"
            CSV file whose first column lists the patients. If None, take all there are.
        modalities : sequence of str, default=None
            Modalities to read. If None, all files but `labels` and `splits.csv`.
        mmap : bool, default=False
            Whether `.npy` files stay on disk, and rows are read where they are used.
            Estimators put what they make of many rows into temporary files.

        Returns
        -------
        X : MultiModalData of shape (n_patients, n_modalities)
            Patients in the order of the labels.
        labels : DataFrame of shape (n_patients, n_columns) or None
            Content of the labels file, with patient ids as row labels.

        Raises
        ------
        FileNotFoundError
            If the folder or the labels file is absent.
        ValueError
            If a modality has no file or two, or ids repeat or are not in the labels.
        """
        blocks, index, label_frame = read_cohort(folder, labels, modalities, mmap)
        return cls._from_checked(blocks, index), label_frame

    @classmethod
    def from_mudata(cls, mdata: Any) -> "MultiModalData":
        """Take over the modalities of a MuData object.

        Parameters
        ----------
        mdata : MuData or AnnData
            Observations are patients. AnnData becomes one modality, "features".

        Returns
        -------
        X : MultiModalData of shape (n_patients, n_modalities)
            Dense frames of the matrices; patients as in `mdata.obs_names`.

        Raises
        ------
        TypeError
            If `mdata` is neither MuData nor AnnData.
        ValueError
            If modalities do not share patients, or one has no matrix.
        """
        return cls._from_checked(*read_mudata(mdata))

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

    @property
    def feature_names(self) -> dict[str, np.ndarray | None]:
        """Feature names by modality, None for a block of more than two dimensions."""
        return {name: feature_names(name, b) for name, b in self._blocks.items()}

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

    def _block(self, modality: str) -> Block:
        if modality in self._blocks:
            return self._blocks[modality]
        hint = did_you_mean(modality, self._blocks)
        known = quoted(self._blocks)
        raise KeyError(f"There is no modality {modality!r}. Modalities: {known}.{hint}")
