"""Files of arrays: .npy, whose rows are the labels', and .npz with ids."""

from pathlib import Path

import numpy as np
import pandas as pd

from magnet_sklearn.data._blocks import Block, as_block
from magnet_sklearn.data._ids import as_text
from magnet_sklearn.data._names import quoted


def ids_of_labels(modality: str, label_frame: pd.DataFrame | None) -> pd.Index:
    """Ids of the rows of a `.npy` file: those of the labels."""
    if label_frame is None:
        raise ValueError(
            f"File '{modality}.npy' has no patient ids: its rows are those of the "
            "labels file. Pass `labels`, or save it as .npz with an index."
        )
    return label_frame.index


def read_npy(modality: str, path: Path, n_patients: int, mmap: bool) -> Block:
    """Read an array with one row per patient of the labels."""
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


def read_npz(modality: str, path: Path) -> tuple[Block, pd.Index]:
    """Read an array with its patient ids, and its columns if it has some."""
    with path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
        absent = {"X", "index"} - set(file.files)
        if absent:
            raise ValueError(
                f"File {path.name!r} has no array {quoted(sorted(absent))}; it has "
                f"{quoted(file.files)}. Save it with numpy.savez(file, X=values, "
                "index=patient_ids, columns=feature_names)."
            )
        try:
            values, index = file["X"], file["index"]
            ids = as_text(
                pd.Index(index if index.dtype.kind in "f" else index.astype(str))
            )
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
