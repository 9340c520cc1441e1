"""What readers of records return."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from magnet_sklearn.data import MultiModalData
from magnet_sklearn.io._records._blocks import build_blocks, known_findings
from magnet_sklearn.io._records._features import RecordFeature
from magnet_sklearn.io._records._records import Records
from magnet_sklearn.io._records._report import (
    build_report,
    provenance_frame,
    settle_rows,
    unmapped_codes,
)
from magnet_sklearn.io._records._selection import Selection
from magnet_sklearn.io._records._trail import ValueTrail, as_datetimes


@dataclass(frozen=True, repr=False)
class RecordCohort:
    """Patients read from records.

    Parameters
    ----------
    data : MultiModalData of shape (n_patients, n_modalities)
        What estimators take.
    index_dates : Series of datetime64 of shape (n_patients,)
        Last moment whose records are used.
    report : DataFrame
        What became of each record and value.
    unmapped : DataFrame
        Codes that no feature takes.
    trail : ValueTrail
        What `provenance` and `trace` read.
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
            f"{type(self).__name__}: {used} of {counts['count'].sum()} resources "
            f"used, see `report`\n{self.data!r}"
        )


CohortT = TypeVar("CohortT", bound=RecordCohort)


def build_cohort(
    records: Records,
    selection: Selection,
    features: Sequence[RecordFeature],
    cohort: type[CohortT],
) -> CohortT:
    """Return the cohort of the rows that count."""
    found = known_findings(records, selection, features)
    blocks = build_blocks(found, records, selection, features)
    settle_rows(selection, found)
    report = build_report(records, selection, found)
    _check_patients(selection, report)
    dates = as_datetimes(selection.index_dates)
    return cohort(
        MultiModalData(blocks),
        pd.Series(dates, index=selection.patients, name="index_date"),
        report,
        unmapped_codes(records),
        ValueTrail(
            provenance_frame(records, selection, found),
            features,
            np.array([*records.labels], dtype=object),
        ),
    )


def _check_patients(selection: Selection, report: pd.DataFrame) -> None:
    if len(selection.patients) == 0:
        reasons = report["reason"].value_counts().index.tolist()
        raise ValueError(
            "No patient has data and an index date. Reasons of the report: "
            f"{reasons or 'there are no resources'}."
        )
