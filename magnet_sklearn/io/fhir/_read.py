"""read_fhir: from resources to multimodal data."""

from __future__ import annotations

import warnings
from typing import Any

import pandas as pd

from magnet_sklearn.io._records import (
    INVALID,
    Selection,
    build_cohort,
    stated_dates,
)
from magnet_sklearn.io.fhir._cohort import FHIRCohort
from magnet_sklearn.io.fhir._collector import Collector
from magnet_sklearn.io.fhir._index_dates import index_feature
from magnet_sklearn.io.fhir._mapping import FHIRMapping, as_mapping
from magnet_sklearn.io.fhir._sources import located_resources
from magnet_sklearn.io.fhir._validation import r4_validator


def read_fhir(source, mapping, *, index_date=None, validate=False):
    """Read FHIR R4 resources into multimodal data.

    Reads Patient, Observation (with components, and those of genomics reporting),
    Condition, MedicationStatement, MedicationRequest, Procedure, DiagnosticReport,
    ImagingStudy and Specimen. Files are read resource by resource; only the values of
    features are kept.

    Nothing later than the index date is used: neither what happened later, nor what was
    recorded or issued later. Dates without a day or a time of the day count as late as
    they can be. Of several versions of a resource the newest known one counts, once;
    those entered in error or deleted cancel earlier ones.

    Parameters
    ----------
    source : dict, iterable of dict, str or path
        A Bundle or resource; an iterable of those; or the path of a JSON or NDJSON
        file, or of a folder with such files (`.gz` too).
    mapping : FHIRMapping, dict or path
        Features by modality; as `FHIRMapping` takes them, or a YAML file.
    index_date : str, date, dict or Series, default=None
        Date up to which each patient is known: a Series or dict by patient id, whose
        patients become the rows, in its order; one date for all; a rule, see
        `FHIRMapping`; or "latest", all that is recorded. If None, that of the mapping.
        A date means the end of this day in UTC.
    validate : bool, default=False
        Whether resources of features are checked by `fhir.resources` (extra "fhir"),
        about a thousand a second; invalid ones are not used.

    Returns
    -------
    cohort : FHIRCohort
        `data`, `index_dates`, `report`, `unmapped`, `provenance` and `trace`.

    Raises
    ------
    ValueError
        If a file is not JSON, there is no index date, or no patient.
    FileNotFoundError
        If a file is absent.
    ImportError
        If units need conversion, or a mapping is YAML, without the extra "fhir".

    Warns
    -----
    UserWarning
        If resources are invalid; they are in the report, with their ids.

    Examples
    --------
    >>> from magnet_sklearn.io import read_fhir
    >>> def observation(number, date, value):
    ...     code = {"system": "http://loinc.org", "code": "4548-4"}
    ...     return {
    ...         "resourceType": "Observation", "id": number, "status": "final",
    ...         "code": {"coding": [code]}, "subject": {"reference": "Patient/a"},
    ...         "effectiveDateTime": date, "valueQuantity": {"value": value, "code":
    ...         "%"}}
    >>> resources = [
    ...     observation("1", "2020-01-10", 6.1),
    ...     observation("2", "2020-05-20", 6.9),
    ...     observation("3", "2021-05-20", 9.0),
    ... ]
    >>> labs = {"labs": {"hba1c": {"codes": "loinc|4548-4", "unit": "%"}}}
    >>> cohort = read_fhir(resources, labs, index_date={"a": "2020-06-01"})
    >>> cohort.data["labs"]
       hba1c
    a    6.9
    >>> cohort.report[["resource", "reason", "count"]]
          resource                reason  count
    0  Observation                  used      2
    1  Observation  after the index date      1
    """
    mapping = as_mapping(mapping)
    index_date = mapping.index_date if index_date is None else index_date
    cohort = read_cohort(source, mapping, index_date, validate)
    _warn_invalid(cohort.report)
    return cohort


def read_cohort(
    source: Any, mapping: FHIRMapping, index_date: Any, validate: bool
) -> FHIRCohort:
    """Read resources; no warning tells ids."""
    features, rule = list(mapping.features), index_feature(index_date)
    # refused before anything is read
    stated = stated_dates(index_date, rule is not None)
    collector = Collector(
        features if rule is None else [*features, rule],
        mapping.hierarchy,
        r4_validator() if validate else None,
    )
    collector.add_all(located_resources(source))
    selection = Selection(
        collector,
        stated,
        None if rule is None else len(features),
        "first" if rule is None else index_date.get("which", "first"),
    )
    return build_cohort(collector, selection, features, FHIRCohort)


def _warn_invalid(report: pd.DataFrame) -> None:
    invalid = report[report["reason"] == INVALID]
    if len(invalid):
        examples = "; ".join(invalid["examples"][invalid["examples"] != ""])
        warnings.warn(
            f"{invalid['count'].sum()} resources are invalid and not used: "
            f"{examples[:500]}. See `report` of the result.",
            stacklevel=3,
        )
