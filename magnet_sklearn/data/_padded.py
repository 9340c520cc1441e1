"""Blocks of patients who differ in length: sets, and time series with times."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd


class PaddedArray(np.ndarray):
    """Block of shape (n_patients, n_places, n_columns); a place of NaN is empty."""

    noun = meaning = ""


class SetArray(PaddedArray):
    """Patients as sets, such as cells or patches of a slide: places have no order."""

    noun = "sets"
    meaning = "sets (a list of arrays, or as_sets(values))"


class TimedArray(PaddedArray):
    """Patients as time series at times of their own; column 0 holds the time."""

    noun = "time series"
    meaning = "time series with times (as_time_series(values, times))"


# Kinds whose patients differ in length: new ones may be longer than those of fit.
PADDED: dict[str, type[PaddedArray]] = {"set": SetArray, "timed": TimedArray}


def array_kind(block: Any) -> str:
    """Tell whether a block is "set", "timed" or another "array"."""
    padded = [kind for kind, own in PADDED.items() if isinstance(block, own)]
    return padded[0] if padded else "array"


def as_fitted_kind(block: Any, kind: str, modality: str, estimator_name: str) -> Any:
    """Take a padded array for sets where fit saw sets; refuse other kinds."""
    own = array_kind(block)
    if own == kind or not {own, kind}.intersection(PADDED):
        return block
    if kind == "set" and type(block) is np.ndarray and block.ndim == 3:
        return block.view(SetArray)
    names = {name: padded.meaning for name, padded in PADDED.items()}
    raise ValueError(
        f"Modality {modality!r} is {names.get(own, 'a plain array or table')}, but "
        f"{estimator_name} was fitted on {names.get(kind, 'a plain array or table')}. "
        "Pass it as in fit."
    )


def as_sets(values: Any, mask: Any = None) -> SetArray:
    """Make a block of sets, such as the patches of a slide or the cells of a sample.

    Parameters
    ----------
    values : sequence of array-like of shape (n_elements_i, n_features), or array-like \
            of shape (n_patients, n_places, n_features)
        Elements of each patient; None or an empty array where a patient lacks the
        modality. In an array, places that are all NaN are empty.
    mask : bool array-like of shape (n_patients, n_places), default=None
        For an array: True where there is an element.

    Returns
    -------
    block : ndarray of shape (n_patients, n_places, n_features)
        A block that :class:`MultiModalData` takes as sets. The largest set decides the
        number of places.

    Raises
    ------
    ValueError
        If elements of patients differ in width, or the mask does not fit.

    Examples
    --------
    >>> import numpy as np
    >>> from magnet_sklearn.data import MultiModalData, as_sets
    >>> cells = as_sets([np.ones((3, 2)), None, np.ones((1, 2))])
    >>> cells.shape
    (3, 3, 2)
    >>> MultiModalData({"cells": cells}).mask[:, 0].tolist()
    [True, False, True]
    """
    if not is_ragged(values):
        padded = np.array(_numbers(values), ndmin=1)
        if padded.ndim != 3:
            raise ValueError(
                f"Sets in an array need the shape (n_patients, n_places, n_features), "
                f"got {padded.shape}. Pass a list with one array per patient."
            )
        if mask is not None:
            padded[~_checked_mask(mask, padded.shape[:2])] = np.nan
        return padded.view(SetArray)
    if mask is not None:
        raise ValueError("A mask belongs to one array of all patients, not to a list.")
    return _padded(values, "sets").view(SetArray)


def as_time_series(values: Any, times: Any = None) -> TimedArray:
    """Make a block of time series whose times differ between patients.

    Parameters
    ----------
    values : array-like of shape (n_patients, n_steps, n_channels), or sequence of \
            array-like of shape (n_steps_i, n_channels)
        Measurements, NaN where a channel was not measured; None where a patient lacks
        the modality.
    times : array-like of shape (n_patients, n_steps) or (n_steps,), or sequence of \
            array-like of shape (n_steps_i,), default=None
        Time of each step, in one unit for all, such as hours since admission. If None,
        0, 1, 2, ...

    Returns
    -------
    block : ndarray of shape (n_patients, n_steps, 1 + n_channels)
        A block that :class:`MultiModalData` takes as time series: the time, NaN where
        nothing was measured, then the channels. Steps are in the order of time.

    Raises
    ------
    ValueError
        If times do not fit the values, or a measurement has none.

    Examples
    --------
    >>> import numpy as np
    >>> from magnet_sklearn.data import as_time_series
    >>> pulse = [np.array([[80.0], [92.0]]), np.array([[71.0]])]
    >>> as_time_series(pulse, [[5.0, 1.0], [0.5]])[:, :, 0].tolist()
    [[1.0, 5.0], [0.5, nan]]
    """
    if is_ragged(values):
        if times is not None:
            lengths = [0 if _absent(part) else len(part) for part in values]
            times = _ragged_times(times, lengths)
        values = _padded(values, "time series")
    values = _numbers(values)
    if values.ndim != 3:
        raise ValueError(
            "Time series need the shape (n_patients, n_steps, n_channels), got "
            f"{values.shape}. Pass a list with one array per patient if they differ "
            "in length."
        )
    times = _numbers(np.arange(values.shape[1]) if times is None else times)
    if times.shape not in (values.shape[:2], values.shape[1:2]):
        raise ValueError(
            f"times has shape {times.shape}, but values has {values.shape}. Pass one "
            "time per step, for each patient or for all."
        )
    measured = ~np.isnan(values).all(axis=2)
    times = np.where(measured, times, np.nan)
    unknown = np.flatnonzero((measured & np.isnan(times)).any(axis=1))
    if len(unknown):
        raise ValueError(
            f"Measurements of patient(s) in row(s) {unknown[:5].tolist()} have no time."
            " Leave these steps out, or give them a time."
        )
    order = np.argsort(times, axis=1, kind="stable")  # empty steps last
    together = np.concatenate([times[:, :, None], values], axis=2)
    return np.take_along_axis(together, order[:, :, None], axis=1).view(TimedArray)


def is_ragged(value: Any) -> bool:
    """Whether a value is a sequence of 2-D arrays, one per patient."""
    if isinstance(value, np.ndarray | pd.Series):
        if value.dtype != object or value.ndim != 1:
            return False
    elif not isinstance(value, list | tuple):
        return False
    first = next((part for part in value if not _absent(part)), None)
    return getattr(first, "ndim", 0) == 2


def same_length(blocks: Sequence[PaddedArray]) -> list[PaddedArray]:
    """Pad blocks of one kind to the same number of places."""
    n_places = max(block.shape[1] for block in blocks)
    return [
        np.pad(
            np.asarray(block),
            ((0, 0), (0, n_places - block.shape[1]), (0, 0)),
            constant_values=np.nan,
        ).view(type(block))
        for block in blocks
    ]


def like(block: Any, values: np.ndarray) -> np.ndarray:
    """Give new values of a block its kind."""
    return values.view(type(block)) if isinstance(block, PaddedArray) else values


def _absent(part: Any) -> bool:
    return part is None or (isinstance(part, float) and np.isnan(part))


def _numbers(values: Any) -> np.ndarray:
    if isinstance(values, np.ma.MaskedArray):
        return np.ma.filled(values.astype(np.float64), np.nan)
    values = np.asarray(values)
    is_single = values.dtype == np.float32
    return values.astype(np.float32 if is_single else np.float64, copy=False)


def _checked_mask(mask: Any, shape: tuple[int, int]) -> np.ndarray:
    mask = np.asarray(mask, dtype=bool)
    if mask.shape != shape:
        raise ValueError(
            f"mask has shape {mask.shape}, but there are {shape[0]} patients with "
            f"{shape[1]} places. Pass one value per place."
        )
    return mask


def _padded(parts: Sequence[Any], what: str) -> np.ndarray:
    """Put arrays of patients below each other, padded with NaN."""
    tables = [None if _absent(part) else _numbers(part) for part in parts]
    known = [table for table in tables if table is not None]
    for row, table in enumerate(tables):
        if table is not None and (
            table.ndim != 2 or table.shape[1] != known[0].shape[1]
        ):
            raise ValueError(
                f"In {what}, the array of the patient in row {row} has shape "
                f"{table.shape}, the first one {known[0].shape}. Give every patient a "
                "2-D array with the same columns."
            )
    n_places = max([1, *map(len, known)])
    dtype = np.result_type(*(table.dtype for table in known))
    block = np.full((len(tables), n_places, known[0].shape[1]), np.nan, dtype)
    for row, table in enumerate(tables):
        if table is not None:
            block[row, : len(table)] = table
    return block


def _ragged_times(times: Any, lengths: list[int]) -> np.ndarray:
    block = np.full((len(lengths), max([1, *lengths])), np.nan)
    found = [0 if _absent(own) else len(own) for own in times]
    if found != lengths:
        raise ValueError(
            f"times has {found[:5]} steps for the first patients, values {lengths[:5]}."
            " Pass one time per step."
        )
    for row, own in enumerate(times):
        if lengths[row]:
            block[row, : lengths[row]] = own
    return block
