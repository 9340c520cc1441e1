"""What `read_fhir` returns."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from magnet_sklearn.data import MultiModalData, did_you_mean, quoted
from magnet_sklearn.io.fhir._elements import NO_DATE
from magnet_sklearn.io.fhir._features import Feature

_PICKS = {"first": "first", "last": "last", "min": "idxmin", "max": "idxmax"}


@dataclass(frozen=True, repr=False)
class FHIRCohort:
    """Patients read from FHIR resources.

    Made by `read_fhir`.

    Parameters
    ----------
    data : MultiModalData of shape (n_patients, n_modalities)
        What estimators take; ids are those of the Patient resources.
    index_dates : Series of datetime64 of shape (n_patients,)
        Last moment whose records are used, in UTC.
    report : DataFrame
        What became of each resource and value: columns `resource` (its type), `level`,
        `reason`, `count`, `examples` (ids and paths). Rows whose level is "resource"
        count each resource once; "value" counts values of features.
    unmapped : DataFrame
        Codes that no feature takes, with their `count`, most frequent first.

    Examples
    --------
    >>> from magnet_sklearn.io import read_fhir
    >>> weight = {
    ...     "resourceType": "Observation", "id": "w1", "status": "final",
    ...     "code": {"coding": [{"system": "http://loinc.org", "code": "29463-7"}]},
    ...     "subject": {"reference": "Patient/a"},
    ...     "effectiveDateTime": "2020-05-01", "valueQuantity": {"value": 70, "code":
    ...     "kg"}}
    >>> labs = {"labs": {"weight": {"codes": "loinc|29463-7", "unit": "kg"}}}
    >>> cohort = read_fhir([weight], labs, index_date="2020-12-31")
    >>> cohort.trace("a", "labs", "weight")["resource"].tolist()
    ['Observation/w1']
    """

    data: MultiModalData
    index_dates: pd.Series
    report: pd.DataFrame
    unmapped: pd.DataFrame
    _values: pd.DataFrame = field(repr=False)
    _features: list[Feature] = field(repr=False)
    _labels: np.ndarray = field(repr=False)

    @property
    def provenance(self) -> pd.DataFrame:
        """Values behind the cells.

        One row per value and feature: patient, modality, feature, value (in the unit of
        the feature), time (UTC; of dates the last moment that they may mean), resource
        (type and id), path (file, line or entry) and element.
        """
        return self._told(self._values)

    def trace(self, patient: Any, modality: str, column: str) -> pd.DataFrame:
        """Return the resources that a cell of `data` comes from.

        Parameters
        ----------
        patient : str
            Patient id.
        modality : str
            Modality.
        column : str
            Column of its block.

        Returns
        -------
        values : DataFrame
            Rows of `provenance`: the value taken ("last", "first", "min", "max"), or
            all that went into the cell. None for a missing cell, and for a 0 that means
            that nothing was found.
        """
        if patient not in self.data.index:
            raise KeyError(f"There is no patient {patient!r} in this cohort.")
        number, aggregate = self._find(modality, column)
        values = self._values
        own = values[(values["patient"] == patient) & (values["feature"] == number)]
        if len(own) and aggregate in ("first", "last"):
            own = own.iloc[[0 if aggregate == "first" else -1]]
        elif len(own) and aggregate in _PICKS:
            own = own.loc[[getattr(own["value"], _PICKS[aggregate])()]]
        return self._told(own)

    def _find(self, modality: str, column: str) -> tuple[int, str]:
        for number, feature in enumerate(self._features):
            if feature.modality == modality and column in feature.columns:
                place = feature.columns.index(column)
                return number, feature.aggregates[place]
        names = [name for f in self._features for name in f.columns]
        raise KeyError(
            f"There is no column {column!r} in modality {modality!r}."
            f"{did_you_mean(column, names)} Modalities: {quoted(self.data)}."
        )

    def _told(self, values: pd.DataFrame) -> pd.DataFrame:
        """Put names in place of numbers."""
        told = values.reset_index(drop=True)
        features = told["feature"].to_numpy()
        modality = np.array([f.modality for f in self._features], dtype=object)
        name = np.array([f.name for f in self._features], dtype=object)
        is_label = np.array([f.kind == "category" for f in self._features], dtype=bool)
        value = told["value"].astype(object).to_numpy(copy=True)
        coded = is_label[features]
        value[coded] = self._labels[value[coded].astype(int)]
        told["value"], told["feature"] = value, name[features]
        told.insert(1, "modality", modality[features])
        told["time"] = as_datetimes(told["time"].to_numpy())
        return told

    def __repr__(self) -> str:
        counts = self.report[self.report["level"] == "resource"]
        used = counts.loc[counts["reason"] == "used", "count"].sum()
        return (
            f"FHIRCohort: {used} of {counts['count'].sum()} resources used, see "
            f"`report`\n{self.data!r}"
        )


def as_datetimes(moments: np.ndarray) -> np.ndarray:
    """Return microseconds since 1970 as dates, NaT where there is none."""
    dates = moments.astype("datetime64[us]")
    return np.where(moments == NO_DATE, np.datetime64("NaT", "us"), dates)
