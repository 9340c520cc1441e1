"""What `read_fhir` returns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from magnet_sklearn.data import MultiModalData
from magnet_sklearn.io.fhir._trail import ValueTrail


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
    trail : ValueTrail
        What `provenance` and `trace` read.

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
    trail: ValueTrail

    @property
    def provenance(self) -> pd.DataFrame:
        """Values behind the cells.

        One row per value and feature: patient, modality, feature, value (in the unit of
        the feature), time (UTC; of dates the last moment that they may mean), resource
        (type and id), path (file, line or entry) and element.
        """
        return self.trail.all_values()

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

        Raises
        ------
        KeyError
            If there is no such patient or column.
        """
        if patient not in self.data.index:
            raise KeyError(f"There is no patient {patient!r} in this cohort.")
        return self.trail.of_cell(patient, modality, column)

    def __repr__(self) -> str:
        counts = self.report[self.report["level"] == "resource"]
        used = counts.loc[counts["reason"] == "used", "count"].sum()
        return (
            f"FHIRCohort: {used} of {counts['count'].sum()} resources used, see "
            f"`report`\n{self.data!r}"
        )
