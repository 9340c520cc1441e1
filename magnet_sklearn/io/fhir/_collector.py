"""Resources as they stream by, kept as numbers only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from magnet_sklearn.io._records import (
    INVALID,
    NEWEST,
    NO_DATE,
    NO_PATIENT,
    NOT_MAPPED,
    ROW_COLUMNS,
    InvalidElement,
    Records,
)
from magnet_sklearn.io.fhir._codes import CodeHierarchy
from magnet_sklearn.io.fhir._elements import (
    Coding,
    codings,
    first_moment,
    identifier,
    objects,
    reference_key,
    text,
)
from magnet_sklearn.io.fhir._features import Feature
from magnet_sklearn.io.fhir._resource_types import TYPES, refusal
from magnet_sklearn.io.fhir._sources import Located, is_broken_line
from magnet_sklearn.io.fhir._values import NOT_MET, FeatureExtractor, Finding

_MOST_DETAILS = 1000
_MOST_CODES = 10_000

Validator = Callable[[str, Mapping[str, Any]], str | None]


class Collector(Records):
    """What resources say about features, one after the other.

    Parameters
    ----------
    features : list of Feature
        Features.
    hierarchy : CodeHierarchy
        Of codes.
    validate : callable or None
        Returns what is wrong with a resource.
    """

    def __init__(
        self,
        features: list[Feature],
        hierarchy: CodeHierarchy,
        validate: Validator | None = None,
    ) -> None:
        self._extract = {
            kind: FeatureExtractor(kind, features, hierarchy) for kind in TYPES
        }
        self._validate = validate
        super().__init__(features, TYPES, "Patient", ["Observation"])
        self._modalities = [self.modality_of[f.modality] for f in features]
        self.aliases: dict[str, str] = {}
        self._medications: dict[str, list[Coding]] = {}
        self._pending: list[tuple[int, str, str]] = []

    def add_all(self, resources: Iterable[Located]) -> None:
        """Take over resources; then those medications that others refer to."""
        for located in resources:
            self._add(located)
        for row, kind, reference in self._pending:
            self._add_medication(row, kind, reference)

    def _add(self, located: Located) -> None:
        resource = located.content
        kind = resource.get("resourceType") if isinstance(resource, Mapping) else None
        if not isinstance(kind, str):
            is_line = is_broken_line(resource)
            what = "a line that is not JSON" if is_line else "not a resource"
            self._add_other(f"({what})", located.path)
            return
        try:
            self._note_alias(kind, resource, located.url)
            if kind in TYPES:
                self._add_resource(kind, resource, located)
            else:
                self._add_other(_type_name(kind), located.path)
        except InvalidElement as error:
            self._add_invalid(kind, resource, located, str(error))

    def _add_other(self, what: str, path: str) -> None:
        self.other_types[what] += 1
        examples = self.other_examples.setdefault(what, [])
        if len(examples) < 3:
            examples.append(path)

    def _note_alias(self, kind, resource, url):
        """Remember by which URN others refer to a patient or medication."""
        if kind not in ("Patient", "Medication"):
            return
        key = f"{kind}/{identifier(resource) or url}"
        if url is not None:
            self.aliases[reference_key(url)] = key
        if kind == "Medication":
            self._medications[key] = codings(objects(resource, "code"))

    def _add_resource(self, kind, resource, located):
        row = self._new_row(kind, resource, located)
        reason = refusal(kind, resource)
        patient = _patient(kind, resource, located.url)
        own = TYPES[kind]
        row["time"] = first_moment(resource, own.times)
        row["known"] = first_moment(resource, own.known)
        findings: list[Finding] = []
        is_pending = False
        if patient is not None:
            row["patient"] = self.patients[patient]
        if reason is None:
            codes = self._extract[kind].codings(resource) + _contained(resource)
            findings = list(self._extract[kind](resource, codes))
            is_pending = self._is_pending(kind, resource)
            reason = self._reason(kind, resource, codes, findings, patient, is_pending)
        number = self._write(row, reason, findings)
        if is_pending:
            self._pending.append((number, kind, _medication(resource) or ""))

    def _reason(self, kind, resource, codes, findings, patient, is_pending):
        """Return why a resource with a good status is not used."""
        if patient is None:
            return NO_PATIENT
        if findings and all(found.problem == NOT_MET for found in findings):
            return NOT_MET
        if findings:
            wrong = self._validate and self._validate(kind, resource)
            if wrong:
                raise InvalidElement(wrong)
            return "used"
        if is_pending:
            return "used"
        self._count_unmapped(kind, codes)
        return NOT_MAPPED

    def _count_unmapped(self, kind, codes):
        for system, code in codes[:1] or [("", "(no code)")]:
            entry = (kind, system, code)
            if entry in self.unmapped or len(self.unmapped) < _MOST_CODES:
                self.unmapped[entry] += 1

    def _new_row(self, kind, resource, located):
        """Return the cells that any resource has."""
        own_id = identifier(resource) or located.url
        row = dict.fromkeys(ROW_COLUMNS, NO_DATE)
        row |= {
            "kind": self.kinds[kind],
            "key": self.keys[f"{kind}/{own_id}" if own_id else located.path],
            "patient": -1,
            "version": -1,
            "place": self.places[located.place],
            "number": located.number,
        }
        for meta in objects(resource, "meta")[:1]:
            row["updated"] = first_moment(meta, ("lastUpdated",))
            version = text(meta, "versionId") or ""
            if version.isdecimal() and version.isascii() and len(version) < 18:
                row["version"] = int(version)
        if resource.get("status") == "deleted":
            row["updated"] = NEWEST
        return row

    def _write(self, row, reason, findings):
        """Append a row and its findings."""
        number = len(self.rows["key"])
        row["reason"] = self.reasons[reason]
        told = tuple((f.feature, str(f.value), f.problem) for f in findings)
        row["content"] = hash((row["patient"], row["time"], row["known"], reason, told))
        for name, cells in self.rows.items():
            cells.append(row[name])
        is_observation = row["kind"] == self.kinds["Observation"]
        for modality in {self._modalities[f.feature] for f in findings}:
            if is_observation:
                self.marks["row"].append(number)
                self.marks["modality"].append(modality)
        for finding in dict.fromkeys(findings):
            self._write_finding(number, finding)
        return number

    def _write_finding(self, number, finding):
        if finding.problem == NOT_MET:
            return
        value = finding.value
        self.findings["row"].append(number)
        self.findings["feature"].append(finding.feature)
        self.findings["problem"].append(self.problems[finding.problem])
        self.findings["part"].append(self.parts[finding.place])
        self.values.append(self.labels[value] if isinstance(value, str) else value)

    def _add_invalid(self, kind, resource, located, problem):
        if kind not in TYPES:
            self._add_other(_type_name(kind), located.path)
            return
        try:
            own_id = identifier(resource)
        except InvalidElement:
            own_id = None
        path = located.path
        row = dict.fromkeys(ROW_COLUMNS, NO_DATE)
        row |= {
            "kind": self.kinds[kind],
            "key": self.keys[f"{kind}/{own_id}" if own_id else path],
            "patient": -1,
            "place": self.places[located.place],
            "number": located.number,
        }
        number = self._write(row, INVALID, [])
        if len(self.details) < _MOST_DETAILS:
            self.details[number] = problem

    def patient_names(self) -> np.ndarray:
        """Return the id of each patient key; a URN is the id that it stands for."""
        ids = {
            key.removeprefix("Patient/")
            for key in self.patients
            if key.startswith("Patient/")
        }
        found = []
        for key in self.patients:
            key = self.aliases.get(key, key)
            if key.startswith("urn:") and (last := key.rpartition(":")[2]) in ids:
                key = last
            found.append(key.removeprefix("Patient/"))
        return np.array(found, dtype=object)

    def as_ids(self, given: pd.Index) -> pd.Index:
        """Return ids of patients, without the type of the resource."""
        return given.map(str).str.removeprefix("Patient/")

    def _is_pending(self, kind, resource):
        reference = _medication(resource) if kind.startswith("Medication") else None
        return reference is not None and not reference.startswith("#")

    def _add_medication(self, row, kind, reference):
        """Write the findings of a resource that refers to its medication."""
        key = self.aliases.get(reference, reference)
        codes = self._medications.get(key)
        if codes is None:
            self.rows["reason"][row] = self.reasons["medication not found"]
            return
        findings = [*self._extract[kind]({}, codes)]
        for finding in findings:
            self._write_finding(row, finding)
        if not findings:
            self._count_unmapped(kind, codes)
            self.rows["reason"][row] = self.reasons[NOT_MAPPED]


def _type_name(kind: str) -> str:
    """Return a type as it may be shown: a short word."""
    return kind if kind.isalpha() and len(kind) < 40 else "(no type of FHIR)"


def _patient(kind: str, resource: Mapping[str, Any], url: str | None) -> str | None:
    """Return the key of the patient a resource is about."""
    if kind == "Patient":
        own_id = identifier(resource) or url
        return f"Patient/{own_id}" if own_id else None
    for subject in objects(resource, "subject")[:1]:
        if reference := text(subject, "reference"):
            key = reference_key(reference)
            if key.startswith(("Patient/", "urn:")):
                return key
    return None


def _contained(resource: Mapping[str, Any]) -> list[Coding]:
    """Return the codes of a medication that a resource contains and refers to."""
    reference = _medication(resource) or ""
    return [
        coding
        for inner in objects(resource, "contained")
        if reference.startswith("#") and inner.get("id") == reference[1:]
        for coding in codings(objects(inner, "code"))
    ]


def _medication(resource: Mapping[str, Any]) -> str | None:
    """Return the key of the Medication that a resource refers to."""
    for found in objects(resource, "medicationReference")[:1]:
        if reference := text(found, "reference"):
            return reference_key(reference)
    return None
