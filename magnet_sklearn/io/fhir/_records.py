"""Records of patients, as a server sends them."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from magnet_sklearn.io.fhir._attribution import OTHER_PATIENT, sort_out
from magnet_sklearn.io.fhir._cohort import FHIRCohort
from magnet_sklearn.io.fhir._collector import INVALID
from magnet_sklearn.io.fhir._mapping import FHIRMapping
from magnet_sklearn.io.fhir._pages import search
from magnet_sklearn.io.fhir._read import read_cohort
from magnet_sklearn.io.fhir._server import FHIRServer


class PatientAbsent(LookupError):
    """The server has no such patient; the message names none."""


class RecordReader:
    """Reads what a mapping needs from a server.

    Parameters
    ----------
    server : FHIRServer
        Server.
    mapping : FHIRMapping
        Features.
    page_size, max_pages : int
        Of searches.

    Attributes
    ----------
    kinds : list of str
        Types of resources that are searched for.
    """

    def __init__(
        self, server: FHIRServer, mapping: FHIRMapping, page_size: int, max_pages: int
    ) -> None:
        self._server, self._mapping = server, mapping
        self._page_size, self._max_pages = page_size, max_pages
        kinds = {kind: None for one in mapping.features for kind in one.resources}
        self.kinds = [kind for kind in kinds if kind != "Patient"]

    def read(self, patients: list[str], index_dates: pd.Series) -> FHIRCohort:
        """Return the records of patients, whose order is that of the rows."""
        resources: list[dict[str, Any]] = []
        refused: Counter[tuple[str, str]] = Counter()
        n_patients = len(patients)
        for place, patient in enumerate(patients):
            who = (
                "The patient" if n_patients == 1 else f"Patient {place} of {n_patients}"
            )
            resources.append(self._patient(patient, who))
            for kind in self.kinds:
                kept, others = self._about(patient, kind)
                resources += kept
                refused.update(others)
        cohort = read_cohort(resources, self._mapping, index_dates, validate=False)
        cohort = replace(cohort, report=_with_refused(cohort.report, refused))
        _warn(cohort.report)
        return cohort

    def _about(self, patient: str, kind: str) -> tuple[list[Any], list[Any]]:
        params = {"patient": patient, "_count": self._page_size}
        if kind.startswith("Medication"):
            params["_include"] = f"{kind}:medication"
        found = search(self._server, kind, params, self._max_pages)
        return sort_out(found, kind, patient, self._server.base_url)

    def _patient(self, patient: str, who: str) -> dict[str, Any]:
        what = "The read of Patient"
        reply = self._server.get(f"Patient/{patient}", what, expected=(404, 410))
        if reply.status in (404, 410):
            raise PatientAbsent(f"{who} is not on the server.")
        found = reply.content
        if found.get("resourceType") != "Patient" or found.get("id") != patient:
            raise ConnectionError(f"{what} failed: the server sent something else.")
        return found


def _with_refused(
    report: pd.DataFrame, refused: Mapping[tuple[str, str], int]
) -> pd.DataFrame:
    """Return a report with what the server sent besides."""
    lines = [
        (kind, "resource", reason, count, "")
        for (kind, reason), count in refused.items()
    ]
    if not lines:
        return report
    more = pd.DataFrame(lines, columns=report.columns)
    return pd.concat([report, more], ignore_index=True)


def _warn(report: pd.DataFrame) -> None:
    """Warn without ids; the report has them."""
    is_resource = report["level"] == "resource"
    count = report[is_resource].groupby("reason")["count"].sum()
    if OTHER_PATIENT in count:
        warnings.warn(
            f"The server sent {count[OTHER_PATIENT]} resources of other patients, "
            "which are left out: it may ignore the search parameter 'patient'.",
            stacklevel=4,
        )
    if INVALID in count:
        warnings.warn(
            f"{count[INVALID]} resources are invalid and not used. See `report` of the "
            "cohort.",
            stacklevel=4,
        )
