"""What `read_fhir` returns."""

from __future__ import annotations

from dataclasses import dataclass

from magnet_sklearn.io._records import RecordCohort


@dataclass(frozen=True, repr=False)
class FHIRCohort(RecordCohort):
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
