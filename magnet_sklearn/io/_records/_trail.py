"""Where the values of cells come from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from magnet_sklearn.data import did_you_mean, quoted
from magnet_sklearn.io._records._features import RecordFeature
from magnet_sklearn.io._records._moments import NO_DATE


@dataclass(frozen=True, repr=False)
class ValueTrail:
    """Values of features, and their resources.

    Parameters
    ----------
    values : DataFrame of shape (n_values, 7)
        Columns patient, feature (its number), value, time (microseconds), resource,
        path, element; in order of feature, patient and time.
    features : list of RecordFeature
        Features.
    labels : ndarray of str
        What the numbers of categories mean.
    """

    values: pd.DataFrame
    features: Sequence[RecordFeature]
    labels: np.ndarray

    def all_values(self) -> pd.DataFrame:
        """Return all values, with names in place of numbers."""
        return self._named(self.values)

    def of_cell(self, patient: Any, modality: str, column: str) -> pd.DataFrame:
        """Return the values that a cell comes from."""
        number, aggregate = self._find(modality, column)
        values = self.values
        own = values[(values["patient"] == patient) & (values["feature"] == number)]
        if len(own) and aggregate in ("first", "last"):
            own = own.iloc[[0 if aggregate == "first" else -1]]
        elif len(own) and aggregate in ("min", "max"):
            pick = np.argmin if aggregate == "min" else np.argmax
            own = own.iloc[[pick(own["value"].to_numpy())]]
        return self._named(own)

    def _find(self, modality: str, column: str) -> tuple[int, str]:
        """Return the feature and aggregate of a column."""
        for number, feature in enumerate(self.features):
            if feature.modality == modality and column in feature.columns:
                place = feature.columns.index(column)
                return number, feature.aggregates[place]
        columns: dict[str, list[str]] = {}
        for feature in self.features:
            columns.setdefault(feature.modality, []).extend(feature.columns)
        if modality not in columns:
            raise KeyError(
                f"There is no modality {modality!r}.{did_you_mean(modality, columns)} "
                f"Modalities: {quoted(columns)}."
            )
        raise KeyError(
            f"There is no column {column!r} in modality {modality!r}."
            f"{did_you_mean(column, columns[modality])}"
        )

    def _named(self, values: pd.DataFrame) -> pd.DataFrame:
        told = values.reset_index(drop=True)
        number = told["feature"].to_numpy()
        modality = np.array([f.modality for f in self.features], dtype=object)
        name = np.array([f.name for f in self.features], dtype=object)
        is_label = np.array([f.kind == "category" for f in self.features], dtype=bool)
        value = told["value"].astype(object).to_numpy(copy=True)
        coded = is_label[number]
        value[coded] = self.labels[value[coded].astype(int)]
        told["value"], told["feature"] = value, name[number]
        told.insert(1, "modality", modality[number])
        told["time"] = as_datetimes(told["time"].to_numpy())
        return told


def as_datetimes(moments: np.ndarray) -> np.ndarray:
    """Return microseconds since 1970 as dates, NaT where there is none."""
    dates = moments.astype("datetime64[us]")
    return np.where(moments == NO_DATE, np.datetime64("NaT", "us"), dates)
