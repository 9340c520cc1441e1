"""Blocks of modalities, and the values behind each cell."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from magnet_sklearn.io.fhir._aggregates import Groups
from magnet_sklearn.io.fhir._collector import Collector
from magnet_sklearn.io.fhir._elements import NO_DATE
from magnet_sklearn.io.fhir._features import Feature
from magnet_sklearn.io.fhir._selection import DAY, Selection

OUTSIDE = "outside the window"
_YEAR = 365.25 * DAY


def known_findings(
    collector: Collector, selection: Selection, features: list[Feature]
) -> pd.DataFrame:
    """Return the findings of rows that count, with what became of each.

    Returns
    -------
    findings : DataFrame of shape (n_findings, 7)
        Columns row, feature, part, value, status ("" if used), patient, time; in order
        of feature, patient and time.
    """
    found = pd.DataFrame({k: np.asarray(v) for k, v in collector.findings.items()})
    found["value"] = np.asarray(collector.values)
    row = found["row"].to_numpy(dtype=np.int64)
    is_known = selection.is_known & (selection.rows["patient"] >= 0).to_numpy()
    is_known &= (selection.rows["status"] == "used").to_numpy()
    found = found[is_known[row] & (found["feature"] < len(features)).to_numpy()]
    rows = selection.rows.iloc[found["row"]]
    found["patient"] = rows["patient"].to_numpy()
    found["time"] = rows["time"].to_numpy()
    problems = np.array([*collector.problems], dtype=object)
    found["status"] = problems[found.pop("problem").to_numpy(dtype=np.int64)]
    _apply_windows(found, rows, selection, features)
    _turn_births_into_ages(found, selection, features)
    names = np.array([*collector.keys], dtype=object)[rows["key"].to_numpy(np.int64)]
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


def _apply_windows(found, rows, selection, features):
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
    found.loc[~is_inside & (found["status"] == "").to_numpy(), "status"] = OUTSIDE


def _turn_births_into_ages(found, selection, features):
    """Replace dates of birth by ages in years at the index date."""
    births = [n for n, feature in enumerate(features) if feature.value == ["age"]]
    is_birth = found["feature"].isin(births) & (found["status"] == "")
    index = selection.index_dates[found.loc[is_birth, "patient"].to_numpy()]
    age = (index - found.loc[is_birth, "value"]) / _YEAR
    found.loc[is_birth, "value"] = age
    wrong = is_birth & ~found["value"].between(0, 150)
    found.loc[wrong, "status"] = "birth after the index date, or 150 years before"


def build_blocks(
    found: pd.DataFrame,
    collector: Collector,
    selection: Selection,
    features: list[Feature],
) -> dict[str, pd.DataFrame]:
    """Return a frame per modality; patients without anything in it are NaN."""
    used = found[found["status"] == ""]
    labels = np.array([*collector.labels], dtype=object)
    recorded = _Recorded(collector, selection)
    columns: dict[str, dict[str, Any]] = {}
    bounds = np.searchsorted(used["feature"], np.arange(len(features) + 1))
    for number, feature in enumerate(features):
        own = used.iloc[bounds[number] : bounds[number + 1]]
        groups = Groups(
            own["patient"].to_numpy(), own["time"].to_numpy(), own["value"].to_numpy()
        )
        patients = own["patient"].to_numpy()[groups.starts]
        block = columns.setdefault(feature.modality, {})
        for aggregate, column in zip(feature.aggregates, feature.columns, strict=True):
            is_label = feature.kind == "category" and aggregate in ("first", "last")
            block[column] = np.full(
                len(selection.patients), np.nan, object if is_label else float
            )
            if aggregate in ("any", "count"):
                block[column][recorded(feature)] = 0
            if len(own):
                values = groups.aggregate(aggregate)
                block[column][patients] = (
                    labels[values.astype(int)] if is_label else values
                )
            if is_label:
                names = list(feature.categories) or None
                block[column] = pd.Categorical(block[column], categories=names)
    return {
        modality: pd.DataFrame(block, index=selection.patients)
        for modality, block in columns.items()
    }


class _Recorded:
    """Which patients have records in which nothing is 0 rather than unknown."""

    def __init__(self, collector: Collector, selection: Selection) -> None:
        self._collector, self._selection = collector, selection
        patient = selection.rows["patient"].to_numpy()
        self._usable = selection.is_known & (patient >= 0)

    def __call__(self, feature: Feature) -> np.ndarray:
        """Return a bool ndarray of shape (n_patients,)."""
        is_recorded = np.zeros(len(self._selection.patients), dtype=bool)
        if feature.absent == "zero":
            return ~is_recorded
        if feature.absent == "missing":
            return is_recorded
        rows = self._selection.rows
        others = [kind for kind in feature.resources if kind != "Observation"]
        kinds = [self._collector.kinds[kind] for kind in others]
        there = self._usable & rows["kind"].isin(kinds).to_numpy()
        if "Observation" in feature.resources:
            marks = self._collector.marks
            own = self._collector.modality_of[feature.modality]
            is_own = np.asarray(marks["modality"]) == own
            marked = np.zeros(len(rows), dtype=bool)
            marked[np.asarray(marks["row"], dtype=np.int64)[is_own]] = True
            there |= self._usable & marked
        is_recorded[rows["patient"].to_numpy()[there]] = True
        return is_recorded
