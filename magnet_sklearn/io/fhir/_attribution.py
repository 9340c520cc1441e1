"""Whose resources a server sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from magnet_sklearn.io.fhir._elements import (
    InvalidElement,
    objects,
    reference_key,
    text,
)

OTHER_PATIENT = "of another patient"
OTHER_TYPE = "not asked for"


def sort_out(
    found: Iterable[dict[str, Any]], kind: str, patient: str, base_url: str
) -> tuple[list[dict[str, Any]], list[tuple[str, str]]]:
    """Separate what is about a patient from what a server sent besides.

    Returns
    -------
    kept : list of dict
        Resources of the patient, those about nobody, and medications.
    refused : list of (str, str)
        Type and reason of the others.
    """
    kept, refused = [], []
    for resource in found:
        own_kind = resource.get("resourceType")
        if own_kind == "Medication" and kind.startswith("Medication"):
            kept.append(resource)
        elif own_kind != kind:
            refused.append((kind, OTHER_TYPE))
        elif subject_of(resource, base_url) not in (patient, None):
            refused.append((kind, OTHER_PATIENT))
        else:
            kept.append(resource)
    return kept, refused


def subject_of(resource: Mapping[str, Any], base_url: str) -> str | None:
    """Return the id of the patient a resource is about.

    Returns
    -------
    patient : str or None
        Empty if it is about a patient of another server or something else; None if it
        is about nobody, or malformed: it is counted when it is read.
    """
    try:
        if resource.get("resourceType") == "Patient":
            return text(resource, "id")
        subjects = objects(resource, "subject")
        stated = text(subjects[0], "reference") if subjects else None
    except InvalidElement:
        return None
    if stated is None:
        return None
    own = stated.removeprefix(f"{base_url}/")
    key = reference_key(own)
    is_ours = "://" not in own and not own.startswith("urn:")
    return key.removeprefix("Patient/") if is_ours and _is_patient(own) else ""


def _is_patient(reference: str) -> bool:
    return reference.lstrip("/").startswith("Patient/")
