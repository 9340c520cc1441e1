"""A cohort read from a folder with one file per modality."""

import re
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import pandas as pd

from magnet_sklearn._utils._optional import import_optional
from magnet_sklearn.data._align import check_unique, join_blocks, one_row_per_patient
from magnet_sklearn.data._array_files import ids_of_labels, read_npy, read_npz
from magnet_sklearn.data._blocks import Block, as_block, take_rows, with_index
from magnet_sklearn.data._id_columns import check_modalities_of_ids, column_of, with_ids
from magnet_sklearn.data._ids import as_text, found_in, is_default, renamed
from magnet_sklearn.data._layouts import check_first_column, read_text_table
from magnet_sklearn.data._names import did_you_mean, quoted
from magnet_sklearn.data._near_ids import near_matches
from magnet_sklearn.data._text_tables import TEXT_SUFFIXES, NoTableError

_SUFFIX = re.compile(r"\.(csv|tsv|txt|gct)(\.gz)?$|\.(npy|npz|parquet)$", re.IGNORECASE)
_LOCK_FILE = re.compile(r"~\$|\.~lock\.")
_NO_DATA = re.compile(
    r"\.|splits\.|(readme|license|licence|citation|changelog)\b"
    r"|.*\.(md|rst|pdf|html?|docx?|pptx?|png|jpe?g|svg|py|r|rmd|ipynb|sh|log|toml|ya?ml)$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class FolderReader:
    """Reads all modalities of a cohort and brings them to the same patients.

    Parameters
    ----------
    folder : Path
        Folder with the files.
    id_column : str, mapping of str to str, or None
        Column with the patient ids.
    na_values : str, sequence of str, or None
        Further cells that mean missing.
    mmap : bool
        Whether `.npy` files stay on disk.
    rename_ids : callable or None
        Makes the id of a patient of an id as it stands in a file.
    """

    folder: Path
    id_column: str | Mapping[str, str] | None = None
    na_values: str | Sequence[str] | None = None
    mmap: bool = False
    rename_ids: Callable[[str], str] | None = None
    _left_out: list[str] = field(default_factory=list)

    def read(
        self,
        labels: str | None,
        modalities: str | Sequence[str] | None = None,
        aggregate: str | None = None,
    ) -> tuple[dict[str, Block], pd.Index, pd.DataFrame | None]:
        """Read the cohort.

        Parameters
        ----------
        labels : str or None
            Name of the table whose ids are the cohort.
        modalities : str, sequence of str, or None
            Modalities to read; all if None.
        aggregate : {"first", "mean"} or None
            What becomes of several rows of one patient.

        Returns
        -------
        blocks : dict of str to block with n_patients rows
            Rows of absent patients are NaN.
        ids : Index of shape (n_patients,)
            Patient ids, as text.
        label_frame : DataFrame with n_patients rows, or None
            Content of the labels file.
        """
        if not self.folder.is_dir():
            raise FileNotFoundError(
                f"There is no folder {str(self.folder)!r}. Pass the folder that holds "
                "one file per modality."
            )
        label_frame = None if labels is None else self._read_labels(labels)
        files = self._modality_files(labels)
        blocks: dict[str, Block] = {}
        ids: dict[str, pd.Index] = {}
        for name in self._chosen(modalities, files):
            try:
                with _errors_that_name(files[name]):
                    block, own = self._read_block(name, files[name], label_frame)
                    blocks[name], ids[name] = _unrepeated(name, block, own, aggregate)
            except NoTableError as error:
                if modalities is not None:
                    raise
                self._left_out.append(f"{files[name].name!r} ({error.args[1]})")
                continue
            if label_frame is not None:
                where = f"File {files[name].name!r}"
                patients = label_frame.index
                _check_known(where, blocks[name], ids[name], patients, str(labels))
        self._check_some(blocks)
        if modalities is None:
            self._warn_of_files_left_out()
        cohort = None if label_frame is None else label_frame.index
        return (*join_blocks(blocks, ids, cohort), label_frame)

    def _read_labels(self, labels: str) -> pd.DataFrame:
        path = self.folder / labels
        if not path.is_file():
            there = [p.name for p in self.folder.iterdir() if _SUFFIX.search(p.name)]
            raise FileNotFoundError(
                f"There is no labels file {path.name!r} in {str(path.parent)!r}. Name "
                "it with `labels`, or pass labels=None to use all patients of all "
                f"files.{did_you_mean(labels, there)}"
            )
        with _errors_that_name(path):
            frame = self._read_table(path, self._labels_id(path))
            check_unique(f"File {path.name!r}", frame.index)
        return frame

    def _labels_id(self, path: Path) -> str | None:
        if not isinstance(self.id_column, Mapping):
            return self.id_column
        return self.id_column.get(path.name, self.id_column.get(_modality(path)))

    def _modality_files(self, labels: str | None) -> dict[str, Path]:
        files: dict[str, Path] = {}
        for path in sorted(self.folder.iterdir()):
            if path.is_dir() or path.name == labels:
                continue
            if _LOCK_FILE.match(path.name):
                self._left_out.append(f"{path.name!r} (lock file of an open document)")
            elif _NO_DATA.match(path.name):
                continue
            elif not _SUFFIX.search(path.name):
                self._left_out.append(repr(path.name))
            elif (name := _modality(path)) in files:
                raise ValueError(
                    f"Modality {name!r} has two files: {files[name].name!r} and "
                    f"{path.name!r}. Keep one of them."
                )
            else:
                files[name] = path
        return files

    def _chosen(
        self, modalities: str | Sequence[str] | None, files: dict[str, Path]
    ) -> list[str]:
        if isinstance(modalities, str):
            modalities = [modalities]
        for name in modalities or ():
            if name not in files:
                unread = [file for file in self._left_out if file[1:].startswith(name)]
                hint = f" Not read: {', '.join(unread[:5])}." if unread else ""
                raise ValueError(
                    f"There is no file for modality {name!r} in {str(self.folder)!r}. "
                    f"Modalities there: {quoted(files)}.{did_you_mean(name, files)}"
                    f"{hint}"
                )
        if isinstance(self.id_column, Mapping):
            check_modalities_of_ids(
                {
                    n: c
                    for n, c in self.id_column.items()
                    if "." not in n and n != "labels"
                },
                files,
            )
        return list(files) if modalities is None else list(modalities)

    def _check_some(self, blocks: dict[str, Block]) -> None:
        if not blocks:
            suffixes = (*TEXT_SUFFIXES, ".npy", ".npz", ".parquet")
            left_out = f" Left out: {', '.join(self._left_out[:5])}."
            raise ValueError(
                f"There is no modality to read from {str(self.folder)!r}: it needs at "
                "least one file "
                f"{' or '.join('<modality>' + suffix for suffix in suffixes)}."
                f"{left_out if self._left_out else ''}"
            )

    def _warn_of_files_left_out(self) -> None:
        if self._left_out:
            more = len(self._left_out) - 10
            warnings.warn(
                f"{len(self._left_out)} file(s) of {str(self.folder)!r} are left out: "
                f"{', '.join(self._left_out[:10])}{f' and {more} more' * (more > 0)}. "
                "Save them as .csv, .npz or .parquet to have them read, or name the "
                "files to read with `modalities`.",
                UserWarning,
                stacklevel=4,
            )

    def _read_block(
        self, name: str, path: Path, label_frame: pd.DataFrame | None
    ) -> tuple[Block, pd.Index]:
        suffix = path.suffix.lower()
        if suffix == ".npy":
            ids = ids_of_labels(name, label_frame)
            return read_npy(name, path, len(ids), self.mmap), ids
        if suffix == ".npz":
            block, ids = read_npz(name, path)
            ids = self._renamed(ids)
            return with_index(block, ids), ids
        frame = self._read_table(path, column_of(self.id_column, name))
        if not frame.size:
            raise ValueError(f"it has shape {frame.shape}: no patient or no feature.")
        return frame, frame.index

    def _renamed(self, ids: pd.Index) -> pd.Index:
        return ids if self.rename_ids is None else renamed(self.rename_ids, ids)

    def _read_table(self, path: Path, id_column: str | None) -> pd.DataFrame:
        if path.suffix.lower() != ".parquet":
            frame = read_text_table(path, id_column, self.na_values)
            return frame.set_axis(self._renamed(frame.index), axis=0)
        import_optional("pyarrow", extra="parquet")
        frame = pd.read_parquet(path)
        if id_column is not None:
            frame = with_ids(f"File {path.name!r}", frame, id_column)
        elif is_default(frame.index) and frame.shape[1] > 0:
            frame = frame.set_index(frame.columns[0])
            check_first_column(str(frame.index.name), as_text(frame.index), frame)
        return frame.set_axis(self._renamed(as_text(frame.index)), axis=0)


def _modality(path: Path) -> str:
    return _SUFFIX.sub("", path.name)


@contextmanager
def _errors_that_name(path: Path) -> Iterator[None]:
    """Put the name of the file in front of whatever is wrong with it."""
    try:
        yield
    except (FileNotFoundError, ImportError):
        raise
    except NoTableError as error:
        message = f"File {path.name!r} cannot be read: {error}"
        raise NoTableError(message, str(error)) from error
    except (ValueError, TypeError, OSError, EOFError, BadZipFile) as error:
        if repr(path.name) in str(error):
            raise
        kind = TypeError if isinstance(error, TypeError) else ValueError
        raise kind(f"File {path.name!r} cannot be read: {error}") from error


def _unrepeated(
    name: str, block: Block, ids: pd.Index, aggregate: str | None
) -> tuple[Block, pd.Index]:
    """Bring a block to one row per patient."""
    where = f"Modality {name!r}"
    if isinstance(block, pd.DataFrame):
        block = one_row_per_patient(where, block, aggregate)
        return as_block(name, block), block.index
    if aggregate != "first":
        check_unique(where, ids)
    rows = np.flatnonzero(~ids.duplicated())
    return (
        (block, ids) if len(rows) == len(ids) else (take_rows(block, rows), ids[rows])
    )


def _check_known(
    where: str, block: Block, ids: pd.Index, cohort: pd.Index, labels: str
) -> None:
    unknown = ids[~found_in(ids, cohort)]
    if len(unknown):
        way_out = (
            f"{near_matches(cohort[~found_in(cohort, ids)], unknown)} {labels!r} has "
            f"{quoted(cohort, 3)}: if these are spelled in another way, bring ids to "
            "one with from_folder(..., rename_ids=lambda id: id.strip().upper()), say. "
            "Else"
        )
        if isinstance(block, pd.DataFrame) and found_in(block.columns, cohort).any():
            way_out = (
                " Its columns are patients: it has features in rows. Save it the other "
                "way round, frame.T. Else"
            )
        raise ValueError(
            f"{where} has {len(unknown)} patient id(s) that {labels!r} does "
            f"not have: {quoted(unknown, 5)}.{way_out} add them to {labels!r}, or drop "
            "them from the file."
        )
