"""MultiModalData: named blocks whose rows are the same patients."""

from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pandas as pd

from magnet_sklearn.data._align import join_frames
from magnet_sklearn.data._blocks import Block, take_rows, with_index
from magnet_sklearn.data._checks import check_blocks
from magnet_sklearn.data._folder import FolderReader
from magnet_sklearn.data._id_columns import check_same_id_columns
from magnet_sklearn.data._ids import common_index, is_default
from magnet_sklearn.data._mudata import read_mudata
from magnet_sklearn.data._named_blocks import NamedBlocks
from magnet_sklearn.data._names import did_you_mean, quoted
from magnet_sklearn.data._rows import RowsById, as_rows, check_key
from magnet_sklearn.data._tables import (
    as_pandas,
    check_no_single_patient,
    not_one_array,
)


class MultiModalData(NamedBlocks):
    """Blocks of features by modality; row i of every block is the same patient.

    A patient lacks a modality where the whole row of its block is NaN. A single NaN
    in an observed row is a missing value. Blocks are never written to.

    Parameters
    ----------
    blocks : mapping of str to array-like, DataFrame, Series or sparse matrix
        One block per modality, each with one row per patient. Arrays hold numbers:
        tables, time series (three dimensions) or images (four); frames may have
        categorical columns too; a list of 2-D arrays, None for a patient without, is
        sets, see `as_sets`.
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
        rows = None
        if isinstance(blocks, MultiModalData):
            index, rows = (
                (blocks.index, blocks._rows) if index is None else (index, rows)
            )
            blocks = dict(blocks.items())
        if isinstance(blocks, Mapping):
            blocks = {name: as_pandas(block) for name, block in blocks.items()}
            check_no_single_patient(blocks)
        checked = check_blocks(blocks)
        check_same_id_columns(checked)
        n_patients = next(iter(checked.values())).shape[0]
        ids = common_index(checked, index, n_patients)
        super().__init__(
            {name: with_index(block, ids) for name, block in checked.items()}, ids
        )
        # Rows of the first container, which are its ids if it has no others. None: X
        # was made of what may be a part already.
        self._rows: pd.Index | None = _row_numbers(ids) if rows is None else rows

    @classmethod
    def _from_checked(
        cls,
        blocks: dict[str, Block],
        index: pd.Index,
        mask: np.ndarray | None = None,
        rows: pd.Index | None = None,
    ) -> "MultiModalData":
        # Subsets of checked blocks need no check: predicting one patient stays cheap.
        data = cls.__new__(cls)
        NamedBlocks.__init__(data, blocks, index, mask)
        data._rows = rows
        return data

    @classmethod
    def from_frames(
        cls,
        frames: Mapping[str, Any],
        id: str | Mapping[str, str] | None = None,
        aggregate: str | None = None,
    ) -> "MultiModalData":
        """Join frames by patient id.

        Parameters
        ----------
        frames : mapping of str to DataFrame, Series, polars or Arrow table
            One table per modality; its row labels or its column `id` are patient ids.
        id : str or mapping of str to str, default=None
            Column with the patient ids, one for all tables or one per modality. If
            None, the row labels; a table with default row labels beside a column that
            looks like an id is refused.
        aggregate : {"first", "mean"}, default=None
            What becomes of several rows of one patient: its first row, or the means
            of its numbers and the first of its categories. If None, they are refused.

        Returns
        -------
        X : MultiModalData of shape (n_patients, n_modalities)
            All patients in the order in which they first appear; a patient absent
            from a frame lacks its modality.

        Raises
        ------
        ValueError
            If patient ids repeat or are missing, or a table has no column `id`.
        TypeError
            If a value is no frame, or ids are numbers here and text there.

        Warns
        -----
        UserWarning
            If a table shares no patient with the others, or ids differ only in case,
            blanks, punctuation, leading zeros or the sample part of a TCGA barcode.

        Examples
        --------
        >>> import pandas as pd
        >>> from magnet_sklearn.data import MultiModalData
        >>> rna = pd.DataFrame({"TP53": [0.1, 0.2]}, index=["ann", "bob"])
        >>> age = pd.DataFrame({"patient": ["bob", "cy"], "age": [48, 61]})
        >>> X = MultiModalData.from_frames(
        ...     {"rna": rna, "clinical": age}, id={"clinical": "patient"}
        ... )
        >>> X.index.tolist(), X.mask.tolist()
        (['ann', 'bob', 'cy'], [[True, False], [True, True], [False, True]])
        """
        blocks, index = join_frames(frames, id, aggregate)
        return cls._from_checked(blocks, index, rows=_row_numbers(index))

    @classmethod
    def from_folder(
        cls,
        folder: str | PathLike[str],
        labels: str | None = "labels.csv",
        modalities: Sequence[str] | None = None,
        mmap: bool = False,
        *,
        id: str | Mapping[str, str] | None = None,
        na_values: str | Sequence[str] | None = None,
        aggregate: str | None = None,
    ) -> tuple["MultiModalData", pd.DataFrame | None]:
        """Read a cohort from a folder with one file per modality.

        The name of a file is that of its modality. Text tables (`.csv`, `.tsv`, `.txt`,
        also with `.gz`) have one row per patient and the id in the first column; `.gct`
        and the `data_*.txt` of cBioPortal have one column per patient. `.parquet` has
        ids in its index or first column, `.npz` has `X`, `index` and maybe `columns`.
        Ids are text. A `.npy` file has no ids: its rows are the patients of the labels.

        Parameters
        ----------
        folder : str or path
            Folder with the files.
        labels : str or None, default="labels.csv"
            Table whose ids are the patients. If None, take all there are.
        modalities : sequence of str, default=None
            Modalities to read. If None, all files but `labels` and `splits.csv`.
        mmap : bool, default=False
            Whether `.npy` files stay on disk, and rows are read where they are used.
            Estimators put what they make of many rows into temporary files.
        id : str or mapping of str to str, default=None
            Column with the patient ids in text and parquet tables: one for all, or one
            per modality (and "labels"). Else the first column.
        na_values : str or sequence of str, default=None
            Further cells of text tables that mean missing, such as "[Not Available]".
        aggregate : {"first", "mean"}, default=None
            What becomes of several rows of one patient, as in `from_frames`.

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
            If a modality has no file or two, a file cannot be read, or ids repeat or
            are not in the labels.

        Warns
        -----
        UserWarning
            If files are left out, or a file is not UTF-8.
        """
        reader = FolderReader(Path(folder), id, na_values, mmap)
        blocks, index, label_frame = reader.read(labels, modalities, aggregate)
        data = cls._from_checked(blocks, index, rows=_row_numbers(index))
        return data, label_frame

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
        blocks, index = read_mudata(mdata)
        return cls._from_checked(blocks, index, rows=_row_numbers(index))

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, str):
            return self._block(key)
        check_key(key, self)
        rows = as_rows(key, len(self))
        numbers = None if self._rows is None else self._rows[rows]
        # row numbers that serve as ids stay one object: see check_same_patients
        index = self._index[rows]
        if numbers is not None and self._index is self._rows:
            index = numbers
        return self._from_checked(
            {name: take_rows(block, rows) for name, block in self._blocks.items()},
            index,
            None if self._mask is None else self._mask[rows],
            numbers,
        )

    def __array__(self, dtype: Any = None, copy: Any = None) -> NoReturn:
        raise TypeError(not_one_array(self._blocks))

    @property
    def loc(self) -> RowsById:
        """Rows by patient id: `X.loc[ids]`, in the order of the ids."""
        return RowsById(self)

    def _block(self, modality: str) -> Block:
        if modality in self._blocks:
            return self._blocks[modality]
        hint = did_you_mean(modality, self._blocks)
        if modality in self._index:
            hint = f" It is a patient id: X.loc[{modality!r}] selects this patient."
        known = quoted(self._blocks)
        raise KeyError(f"There is no modality {modality!r}. Modalities: {known}.{hint}")


def _row_numbers(index: pd.Index) -> pd.Index:
    return index if is_default(index) else pd.RangeIndex(len(index))
