"""Types of resources that are read: where their codes, dates and status stand."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from magnet_sklearn.io._records import InvalidElement
from magnet_sklearn.io.fhir._elements import codings, objects, text


@dataclass(frozen=True)
class ResourceType:
    """One type.

    Parameters
    ----------
    codes : tuple of str
        Elements with what the resource is about.
    times : tuple of str
        Paths of the time it happened; the first there is counts.
    known : tuple of str
        Paths of the time from which it was known.
    used : frozenset of str
        Statuses with which it is used.
    needs_status : bool
        Whether FHIR wants a status.
    """

    codes: tuple[str, ...]
    times: tuple[str, ...]
    known: tuple[str, ...] = ()
    used: frozenset[str] = frozenset()
    needs_status: bool = True


_EFFECTIVE = (
    "effectiveDateTime",
    "effectiveInstant",
    "effectivePeriod.end",
    "effectivePeriod.start",
)
_REPORTED = frozenset({"final", "amended", "corrected", "appended"})
_TAKEN = frozenset({"active", "completed", "on-hold", "stopped"})

TYPES = {
    "Patient": ResourceType((), (), needs_status=False),
    "Observation": ResourceType(
        ("code",), (*_EFFECTIVE, "issued"), ("issued",), _REPORTED
    ),
    # A disease lasts: it counts from its onset on, once it was recorded.
    "Condition": ResourceType(
        ("code",),
        ("onsetDateTime", "onsetPeriod.start", "recordedDate"),
        ("recordedDate",),
        frozenset({"confirmed"}),
        needs_status=False,
    ),
    "MedicationStatement": ResourceType(
        ("medicationCodeableConcept",),
        ("effectiveDateTime", "effectivePeriod.start", "dateAsserted"),
        ("dateAsserted",),
        _TAKEN,
    ),
    "MedicationRequest": ResourceType(
        ("medicationCodeableConcept",), ("authoredOn",), (), _TAKEN
    ),
    "Procedure": ResourceType(
        ("code",),
        ("performedDateTime", "performedPeriod.end", "performedPeriod.start"),
        (),
        frozenset({"in-progress", "completed", "stopped"}),
    ),
    "DiagnosticReport": ResourceType(
        ("code",), (*_EFFECTIVE, "issued"), ("issued",), _REPORTED
    ),
    "ImagingStudy": ResourceType(
        ("modality", "procedureCode"), ("started",), (), frozenset({"available"})
    ),
    "Specimen": ResourceType(
        ("type",),
        (
            "collection.collectedDateTime",
            "collection.collectedPeriod.end",
            "collection.collectedPeriod.start",
            "receivedTime",
        ),
        ("receivedTime",),
        frozenset({"available", "unavailable"}),
        needs_status=False,
    ),
}
_ORDERED = {None, "order", "original-order", "reflex-order", "filler-order"}
_ORDERED |= {"instance-order"}


def refusal(kind: str, resource: Mapping[str, Any]) -> str | None:
    """Return why the status of a resource forbids its use, or None."""
    own = TYPES[kind]
    status = text(resource, "status")
    if status == "deleted":
        return "deleted"
    if kind == "Condition":
        found = codings(objects(resource, "verificationStatus"))
        status = found[0][1] if found else None
    if status == "entered-in-error":
        return "entered in error"
    if status is None:
        if own.needs_status:
            raise InvalidElement("status is missing")
        return None
    if own.used and status not in own.used:
        # a status is one of a short list of words; other text is not repeated
        return "status is not one of those used"
    if kind == "MedicationRequest" and (
        resource.get("doNotPerform") is True or text(resource, "intent") not in _ORDERED
    ):
        return "not ordered"
    return None
