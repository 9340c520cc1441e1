"""A cohort read from a folder with one file per modality."""

from collections.abc import Sequence
from os import PathLike
from pathlib import Path

import numpy as np
import pandas as pd

from magnet_sklearn._utils._optional import import_optional
from magnet_sklearn.data._align import check_unique, join_blocks
from magnet_sklearn.data._blocks import Block, as_block
from magnet_sklearn.data._ids import is_default
from magnet_sklearn.data._names import did_you_mean, quoted

_SUFFIXES = (".csv", ".npy", ".npz", ".parquet")
_NOT_A_MODALITY = "splits.csv"


def read_cohort(
    folder: str | PathLike[str],
    labels: str | None,
    modalities: Sequence[str] | None,
    mmap: bool = False,
) -> tuple[dict[str, Block], pd.Index, pd.DataFrame | None]:
    """Read all modalities of a cohort and bring them to the same patients.

    Parameters
    ----------
    folder : str or path
        Folder with the files.
    labels : str or None
        Name of the CSV file whose first column is the cohort.
    modalities : sequence of str or None
        Modalities to read; all if None.
    mmap : bool, default=False
        Whether `.npy` files stay on disk.

    Returns
    -------
    blocks : dict of str to block with n_patients rows
        Rows of absent patients are NaN.
    ids : Index of shape (n_patients,)
        Patient ids, as text.
    label_frame : DataFrame with n_patients rows, or None
        Content of the labels file.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise FileNotFoundError(
            f"There is no folder {str(folder)!r}. Pass the folder that holds one file "
            "per modality."
        )
    label_frame = None if labels is None else _read_labels(folder / labels)
    files = _modality_files(folder, labels)
    blocks, ids = {}, {}
    for name in _chosen(modalities, files, folder):
        if files[name].suffix == ".npy":
            ids[name] = _ids_of_labels(name, label_frame)
            blocks[name] = _read_npy(name, files[name], len(ids[name]), mmap)
        else:
            blocks[name], ids[name] = _read_block(name, files[name])
        if label_frame is not None:
            _check_known(files[name].name, ids[name], label_frame.index, str(labels))
    cohort = None if label_frame is None else label_frame.index
    return (*join_blocks(blocks, ids, cohort), label_frame)


def _read_labels(path: Path) -> pd.DataFrame:
    if not path.is_file():
        raise FileNotFoundError(
            f"There is no labels file {path.name!r} in {str(path.parent)!r}. Name it "
            "with `labels`, or pass labels=None to use all patients of all files."
        )
    frame = _read_csv(path)
    check_unique(f"File {path.name!r}", frame.index)
    return frame


def _read_csv(path: Path) -> pd.DataFrame:
    # Ids stay text: "007" must not become 7 in one file and text in another.
    frame = pd.read_csv(path, index_col=0, converters={0: str})
    frame.index = _as_text(frame.index)
    return frame


def _as_text(ids: pd.Index) -> pd.Index:
    text = ids.astype(str)
    return text.where(ids.notna() & (text != ""))


def _modality_files(folder: Path, labels: str | None) -> dict[str, Path]:
    files: dict[str, Path] = {}
    for path in sorted(folder.iterdir()):
        is_data = path.suffix in _SUFFIXES and not path.name.startswith(".")
        if not is_data or path.name in (labels, _NOT_A_MODALITY):
            continue
        if path.stem in files:
            raise ValueError(
                f"Modality {path.stem!r} has two files: {files[path.stem].name!r} and "
                f"{path.name!r}. Keep one of them."
            )
        files[path.stem] = path
    return files


def _chosen(
    modalities: Sequence[str] | None, files: dict[str, Path], folder: Path
) -> list[str]:
    if isinstance(modalities, str):
        modalities = [modalities]
    for name in modalities or ():
        if name not in files:
            raise ValueError(
                f"There is no file for modality {name!r} in {str(folder)!r}. "
                f"Modalities there: {quoted(files)}.{did_you_mean(name, files)}"
            )
    chosen = list(files) if modalities is None else list(modalities)
    if not chosen:
        raise ValueError(
            f"There is no modality to read from {str(folder)!r}: it needs at least one "
            f"file {' or '.join('<modality>' + suffix for suffix in _SUFFIXES)}."
        )
    return chosen


def _read_block(modality: str, path: Path) -> tuple[Block, pd.Index]:
    if path.suffix == ".npz":
        return _read_npz(modality, path)
    if path.suffix == ".csv":
        frame = _read_csv(path)
    else:
        import_optional("pyarrow", extra="parquet")
        frame = pd.read_parquet(path)
        if is_default(frame.index) and frame.shape[1] > 0:
            frame = frame.set_index(frame.columns[0])
        frame.index = _as_text(frame.index)
    return as_block(modality, frame), frame.index


def _ids_of_labels(modality: str, label_frame: pd.DataFrame | None) -> pd.Index:
    if label_frame is None:
        raise ValueError(
            f"File '{modality}.npy' has no patient ids: its rows are those of the "
            "labels file. Pass `labels`, or save it as .npz with an index."
        )
    return label_frame.index


def _read_npy(modality: str, path: Path, n_patients: int, mmap: bool) -> Block:
    try:
        values = np.load(path, mmap_mode="r" if mmap else None, allow_pickle=False)
    except (ValueError, EOFError) as error:
        raise ValueError(
            f"File {path.name!r} cannot be read: it is incomplete, no .npy file, or "
            f"holds Python objects ({error}). Save numbers as float with numpy.save."
        ) from error
    if values.ndim < 2 or len(values) != n_patients:
        raise ValueError(
            f"File {path.name!r} has shape {values.shape}, but the labels file has "
            f"{n_patients} patients. Save one row per patient of the labels, NaN where "
            "the modality is missing."
        )
    return as_block(modality, values)


def _read_npz(modality: str, path: Path) -> tuple[Block, pd.Index]:
    with np.load(path, allow_pickle=False) as file:
        absent = {"X", "index"} - set(file.files)
        if absent:
            raise ValueError(
                f"File {path.name!r} has no array {quoted(sorted(absent))}; it has "
                f"{quoted(file.files)}. Save it with numpy.savez(file, X=values, "
                "index=patient_ids, columns=feature_names)."
            )
        try:
            values, ids = file["X"], _as_text(pd.Index(file["index"].astype(str)))
            columns = file["columns"] if "columns" in file.files else None
        except ValueError as error:
            raise ValueError(
                f"File {path.name!r} holds Python objects, which are not read because "
                "they can run code. Save numbers as float and names as text: "
                "names.astype(str)."
            ) from error
    _check_lengths(path.name, values.shape, ids, columns)
    if columns is not None and values.ndim == 2:
        return as_block(modality, pd.DataFrame(values, ids, columns)), ids
    return as_block(modality, values), ids


def _check_lengths(
    file_name: str, shape: tuple[int, ...], ids: pd.Index, columns: np.ndarray | None
) -> None:
    expected = (len(ids),) if columns is None else (len(ids), len(columns))
    if shape[: len(expected)] != expected:
        raise ValueError(
            f"File {file_name!r} does not fit together: X has shape {shape}, but index "
            f"has {len(ids)} ids"
            + ("." if columns is None else f" and columns {len(columns)} names.")
            + " Save one id per row of X and one name per column."
        )


def _check_known(file_name: str, ids: pd.Index, cohort: pd.Index, labels: str) -> None:
    unknown = ids[~ids.isin(cohort)]
    if len(unknown):
        raise ValueError(
            f"File {file_name!r} has {len(unknown)} patient id(s) that {labels!r} does "
            f"not have: {quoted(unknown, 5)}. Add them to {labels!r}, or drop them "
            "from the file."
        )
