"""Assessments that are written to a server once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from magnet_sklearn.io.fhir._elements import (
    InvalidElement,
    objects,
    reference_key,
    text,
)
from magnet_sklearn.io.fhir._pages import search
from magnet_sklearn.io.fhir._server import FHIRServer, Reply

CREATED, THERE = "created", "already there"


def identifier_of(resource: Mapping[str, Any]) -> str:
    """Return "system|value" of what `to_fhir` writes, empty for anything else."""
    try:
        for found in objects(resource, "identifier")[:1]:
            return f"{text(found, 'system')}|{text(found, 'value')}"
    except InvalidElement:
        pass
    return ""


def save(
    server: FHIRServer, resource: Mapping[str, Any], max_pages: int
) -> tuple[str, str]:
    """Write a resource unless the server has one with its identifier.

    Looked for first, and what is found is compared: some servers ignore the search
    parameter, and would take any other resource for this one, or refuse it in a
    condition.

    Returns
    -------
    reference, status : str
        "Type/id", and whether it was created.
    """
    kind, wanted = str(resource["resourceType"]), identifier_of(resource)
    what = f"The creation of {kind}"
    known, is_honoured = _find(server, kind, wanted, max_pages)
    if known is None and is_honoured:
        reply = server.create(resource, what, urlencode({"identifier": wanted}))
        if reply.status == 201:
            return _reference(kind, reply), CREATED
        if identifier_of(_told(server, kind, reply)) == wanted:
            return _reference(kind, reply), THERE
        known, _ = _find(server, kind, wanted, max_pages)  # the condition was refused
    if known is not None:
        return f"{kind}/{known}", THERE
    return _reference(kind, server.create(resource, what, None)), CREATED


def _find(
    server: FHIRServer, kind: str, wanted: str, max_pages: int
) -> tuple[str | None, bool]:
    """Return the id of the resource with an identifier; whether it was searched by."""
    is_honoured = True
    for found in search(server, kind, {"identifier": wanted}, max_pages):
        if identifier_of(found) == wanted:
            return str(found.get("id")), True
        is_honoured = False
    return None, is_honoured


def _told(server: FHIRServer, kind: str, reply: Reply) -> dict[str, Any]:
    """Return the resource that a server takes for ours; none if it refuses."""
    if reply.status >= 300:
        return {}
    if reply.content.get("resourceType") == kind or not reply.location:
        return reply.content
    return server.get(reply.location, f"The read of {kind}").content


def _reference(kind: str, reply: Reply) -> str:
    """Return "Type/id" of a created resource, from its content or its address."""
    own_id = reply.content.get("id")
    if reply.content.get("resourceType") == kind and isinstance(own_id, str):
        return f"{kind}/{own_id}"
    return reference_key(reply.location)
