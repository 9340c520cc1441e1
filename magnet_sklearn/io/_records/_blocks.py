"""Blocks of modalities, and the values behind each cell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from magnet_sklearn.io._records._aggregates import Groups
from magnet_sklearn.io._records._features import RecordFeature
from magnet_sklearn.io._records._moments import DAY, NO_DATE
from magnet_sklearn.io._records._records import Records
from magnet_sklearn.io._records._selection import Selection

OUTSIDE = "outside the window"
_YEAR = 365.25 * DAY


def known_findings(
    records: Records, selection: Selection, features: Sequence[RecordFeature]
) -> pd.DataFrame:
    """Return the findings of rows that count, with what became of each.

    Returns
    -------
    findings : DataFrame of shape (n_findings, 7)
        Columns row, feature, part, value, status ("" if used), patient, time; in order
        of feature, patient and time.
    """
    found = pd.DataFrame({k: np.asarray(v) for k, v in records.findings.items()})
    found["value"] = np.asarray(records.values)
    row = found["row"].to_numpy(dtype=np.int64)
    is_known = selection.is_known & (selection.rows["patient"] >= 0).to_numpy()
    is_known &= (selection.rows["status"] == "used").to_numpy()
    found = found[is_known[row] & (found["feature"] < len(features)).to_numpy()]
    rows = selection.rows.iloc[found["row"]]
    found["patient"] = rows["patient"].to_numpy()
    found["time"] = rows["time"].to_numpy()
    problems = np.array([*records.problems], dtype=object)
    found["status"] = problems[found.pop("problem").to_numpy(dtype=np.int64)]
    timeless = (rows["kind"] == records.kinds[records.timeless]).to_numpy()
    _apply_windows(found, rows, selection, features, timeless)
    _turn_births_into_ages(found, selection, features)
    names = np.array([*records.keys], dtype=object)[rows["key"].to_numpy(np.int64)]
    ties = pd.factorize(names, sort=True)[0]
    order = np.lexsort(
        (
            found["part"],
            ties,
            rows["known"],
            found["time"],
            found["patient"],
            found["feature"],
        )
    )
    return found.iloc[order].reset_index(drop=True)


def _apply_windows(found, rows, selection, features, timeless):
    """Mark values outside the window of their feature."""
    if not features or found.empty:
        return
    start, end = np.array([feature.window for feature in features]).T
    number = found["feature"].to_numpy()
    index = selection.index_dates[found["patient"].to_numpy()]
    dated = (rows["date"] != NO_DATE).to_numpy()
    date = rows["date"].to_numpy()
    first = np.where(found["time"] == NO_DATE, date, found["time"])
    is_inside = np.where(
        dated,
        ((index - first) // DAY <= -start[number])
        & ((index - date) // DAY >= -end[number]),
        np.isinf(start[number]) & (end[number] == 0),
    )
    is_inside |= timeless
    found.loc[~is_inside & (found["status"] == "").to_numpy(), "status"] = OUTSIDE


def _turn_births_into_ages(found, selection, features):
    """Replace dates of birth by ages in years at the index date."""
    births = [n for n, feature in enumerate(features) if feature.value == ["age"]]
    is_birth = found["feature"].isin(births) & (found["status"] == "")
    if not is_birth.any():
        return
    index = selection.index_dates[found.loc[is_birth, "patient"].to_numpy()]
    age = (index - found.loc[is_birth, "value"]) / _YEAR
    found.loc[is_birth, "value"] = age
    wrong = is_birth & ~found["value"].between(0, 150)
    found.loc[wrong, "status"] = "birth after the index date, or 150 years before"


def build_blocks(
    found: pd.DataFrame,
    records: Records,
    selection: Selection,
    features: Sequence[RecordFeature],
) -> dict[str, pd.DataFrame]:
    """Return a frame per modality; patients without anything in it are NaN."""
    used = found[found["status"] == ""]
    patient, time, value = (
        used[name].to_numpy() for name in ("patient", "time", "value")
    )
    bounds = np.searchsorted(used["feature"], np.arange(len(features) + 1))
    labels = np.array([*records.labels], dtype=object)
    recorded = _Recorded(records, selection)
    columns: dict[str, dict[str, Any]] = {}
    for number, feature in enumerate(features):
        own = slice(bounds[number], bounds[number + 1])
        groups = Groups(patient[own], time[own], value[own])
        patients = patient[own][groups.starts]
        block = columns.setdefault(feature.modality, {})
        for aggregate, column in zip(feature.aggregates, feature.columns, strict=True):
            is_label = feature.kind == "category" and aggregate in ("first", "last")
            block[column] = np.full(
                len(selection.patients), np.nan, object if is_label else float
            )
            if aggregate in ("any", "count"):
                block[column][recorded(feature)] = 0
            if len(patients):
                values = groups.aggregate(aggregate)
                block[column][patients] = (
                    labels[values.astype(int)] if is_label else values
                )
            if is_label:
                names = feature.category_names or None
                block[column] = pd.Categorical(block[column], categories=names)
    return {
        modality: pd.DataFrame(block, index=selection.patients)
        for modality, block in columns.items()
    }


class _Recorded:
    """Which patients have records in which nothing is 0 rather than unknown."""

    def __init__(self, records: Records, selection: Selection) -> None:
        self._patient = selection.rows["patient"].to_numpy()
        self._kind = selection.rows["kind"].to_numpy()
        self._usable = selection.is_known & (self._patient >= 0)
        self._n_patients = len(selection.patients)
        self._records = records

    def __call__(self, feature: RecordFeature) -> np.ndarray:
        """Return a bool ndarray of shape (n_patients,)."""
        is_recorded = np.full(self._n_patients, feature.absent == "zero")
        if feature.absent == "recorded":
            there = np.zeros(len(self._patient), dtype=bool)
            for kind in feature.resources:
                there |= (
                    self._records.marked(feature.modality)
                    if kind in self._records.mixed
                    else self._kind == self._records.kinds[kind]
                )
            is_recorded[self._patient[there & self._usable]] = True
        return is_recorded
