"""A mapping proposed from what resources hold."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from magnet_sklearn.io._records import InvalidElement
from magnet_sklearn.io.fhir._code_systems import SYSTEMS, short_system
from magnet_sklearn.io.fhir._elements import Coding, codings, objects, text
from magnet_sklearn.io.fhir._resource_types import TYPES, refusal
from magnet_sklearn.io.fhir._sources import located_resources
from magnet_sklearn.io.fhir._values import unit_of

_MODALITIES = {
    "Condition": "conditions",
    "MedicationStatement": "medications",
    "MedicationRequest": "medications",
    "Procedure": "procedures",
    "DiagnosticReport": "reports",
    "ImagingStudy": "imaging",
    "Specimen": "specimens",
}
_CATEGORIES = {"laboratory": "labs", "vital-signs": "vitals"}
_VARIANT = (SYSTEMS["loinc"], "69548-6")
_GENE = (SYSTEMS["loinc"], "48018-6")
_MOST_CODES = 20_000
Entry = tuple[str, str, str, Coding]  # modality, type of resource, kind, code


class _Seen:
    """Who has which codes, what these are called, and in which units."""

    def __init__(self) -> None:
        self.everybody: set[str] = set()
        self.has_patients = False
        self.patients: dict[Entry, set[str]] = {}
        self.units: dict[Entry, Counter[str]] = defaultdict(Counter)
        self.names: dict[Coding, str] = {}

    def add(self, kind: str, resource: Mapping[str, Any]) -> None:
        """Take a resource into account."""
        if refusal(kind, resource) is not None:
            return
        if (patient := _patient(kind, resource)) is None:
            return
        self.everybody.add(patient)
        if kind == "Patient":
            self.has_patients = True
        elif kind == "Observation":
            self._add_observation(resource, patient)
        else:
            concepts = [
                c for name in TYPES[kind].codes for c in objects(resource, name)
            ]
            entry = (_MODALITIES[kind], kind, "presence")
            self._note(entry, concepts, patient)

    def _add_observation(self, resource, patient):
        own = codings(objects(resource, "code"))
        components = objects(resource, "component")
        if _VARIANT in own:
            for component in components:
                if _GENE in codings(objects(component, "code")):
                    genes = objects(component, "valueCodeableConcept")
                    entry = ("genomics", "Observation", "gene")
                    self._note(entry, genes, patient)
            return
        modality = "observations"
        for category in objects(resource, "category"):
            for _, code in codings([category]):
                modality = _CATEGORIES.get(code, modality)
        for part in (resource, *components):
            for kind, unit in _kinds(part):
                entry = (modality, "Observation", kind)
                self._note(entry, objects(part, "code"), patient, unit)

    def _note(self, entry, concepts, patient, unit=None):
        """Note the first code of each concept that a mapping can write."""
        for concept in concepts:
            for coding in objects(concept, "coding") or [concept]:
                if not (codes := codings([coding])) or not _is_writable(codes[0]):
                    continue
                key = (*entry, codes[0])
                if key not in self.patients and len(self.patients) >= _MOST_CODES:
                    return
                self.patients.setdefault(key, set()).add(patient)
                name = text(coding, "display") or text(concept, "text") or codes[0][1]
                self.names.setdefault(codes[0], name)
                if unit is not None:
                    self.units[key][unit] += 1
                break


def suggested_modalities(
    source: Any, min_share: float, max_codes: int
) -> dict[str, dict[str, Any]]:
    """Return features by modality, as a mapping writes them."""
    seen = _Seen()
    for located in located_resources(source):
        resource = located.content
        kind = resource.get("resourceType") if isinstance(resource, Mapping) else None
        if isinstance(kind, str) and kind in TYPES:
            try:
                seen.add(kind, resource)
            except InvalidElement:
                continue  # `read_fhir` reports it
    found: dict[str, dict[str, Any]] = {}
    if seen.has_patients:
        found["patient"] = {
            name: {"resource": "Patient", "value": name} for name in ("age", "gender")
        }
    for entry in _frequent(seen, min_share, max_codes):
        _add_feature(found.setdefault(entry[0], {}), entry, seen)
    if not found:
        raise ValueError(
            "The source has no resource whose codes can become features. Types that "
            f"are read: {', '.join(TYPES)}."
        )
    return found


def _frequent(seen: _Seen, min_share: float, max_codes: int) -> Iterator[Entry]:
    """Yield frequent codes, the most frequent of each type first."""
    taken: Counter[str] = Counter()
    for entry, patients in sorted(
        seen.patients.items(), key=lambda item: (-len(item[1]), item[0])
    ):
        if len(patients) >= min_share * len(seen.everybody):
            taken[entry[1]] += 1
            if taken[entry[1]] <= max_codes:
                yield entry


def _add_feature(features: dict[str, Any], entry: Entry, seen: _Seen) -> None:
    modality, resource, kind, coding = entry
    code = f"{short_system(coding[0])}|{coding[1]}"
    name = _slug(seen.names[coding])
    if kind == "presence":
        group = features.setdefault("has", {"resource": [], "codes": {}})
        if resource not in group["resource"]:
            group["resource"].append(resource)
        if code not in group["codes"].values():
            group["codes"][_unused(name, coding, group["codes"])] = code
        return
    spec: dict[str, Any] = {"codes": code}
    if kind == "gene":
        codes = "|".join(("loinc", _VARIANT[1]))
        where = {f"loinc|{_GENE[1]}": code}
        spec = {"kind": "presence", "codes": codes, "where": where}
    elif kind == "category":
        spec["kind"] = "category"
    elif unit := seen.units[entry].most_common(1)[0][0]:
        spec["unit"] = unit
    features[_unused(name, coding, features)] = spec


def _unused(name: str, coding: Coding, names: Any) -> str:
    """Return a name that is not taken."""
    if name in names:
        name = _slug(f"{name} {coding[1]}")
    while name in names:
        name += "_"
    return name


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name[:80].lower()).strip("_") or "code"


def _kinds(part: Mapping[str, Any]) -> Iterator[tuple[str, str | None]]:
    """Yield kind and unit of the value of an Observation or component."""
    for quantity in objects(part, "valueQuantity"):
        yield "number", unit_of(quantity)
    if any(
        isinstance(part.get(f"value{kind}"), int) for kind in ("Integer", "Boolean")
    ):
        yield "number", ""
    if objects(part, "valueCodeableConcept"):
        yield "category", None


def _is_writable(coding: Coding) -> bool:
    system, code = coding
    is_url = "://" in system or system.startswith("urn:")
    return is_url and "|" not in system + code and not re.search(r"^<<|\*$", code)


def _patient(kind: str, resource: Mapping[str, Any]) -> str | None:
    """Return the last part of the patient's id, whichever way it is written."""
    if kind == "Patient":
        return text(resource, "id")
    for subject in objects(resource, "subject")[:1]:
        return re.split("[/:]", text(subject, "reference") or "")[-1] or None
    return None
