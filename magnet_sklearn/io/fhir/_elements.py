"""Elements of resources, read with care: any of them may be of a wrong type."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from magnet_sklearn.io._records import NO_DATE, InvalidElement, moment
from magnet_sklearn.io.fhir._code_systems import system_url

Coding = tuple[str, str]
# FHIR forbids "_", but it is in use.
_ID = re.compile(r"[A-Za-z0-9\-._]{1,64}")


def objects(parent: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """Return an element that holds one or several objects, as a list."""
    element = parent.get(name)
    if element is None:
        return []
    found = element if isinstance(element, list) else [element]
    for one in found:
        if not isinstance(one, Mapping):
            raise InvalidElement(f"{name} must be an object")
    return found


def text(parent: Mapping[str, Any], name: str) -> str | None:
    """Return an element that holds text."""
    element = parent.get(name)
    if element is not None and not isinstance(element, str):
        raise InvalidElement(f"{name} must be text")
    return element


def identifier(resource: Mapping[str, Any]) -> str | None:
    """Return the id of a resource; other text than FHIR allows is no id."""
    found = text(resource, "id")
    if found is not None and not _ID.fullmatch(found):
        raise InvalidElement("id must be at most 64 of letters, digits, '-', '.', '_'")
    return found


def codings(concepts: list[Mapping[str, Any]]) -> list[Coding]:
    """Return (system, code) of CodeableConcepts and Codings."""
    found = []
    for concept in concepts:
        for coding in objects(concept, "coding") or [concept]:
            if code := text(coding, "code"):
                found.append((system_url(text(coding, "system") or ""), code.strip()))
    return found


def at_path(parent: Any, path: list[str]) -> Iterator[Any]:
    """Yield what stands at a path of names, through lists."""
    if isinstance(parent, list):
        for element in parent:
            yield from at_path(element, path)
    elif not path:
        if parent is not None:
            yield parent
    elif isinstance(parent, Mapping):
        yield from at_path(parent.get(path[0]), path[1:])


def reference_key(reference: str) -> str:
    """Return "Type/id" of a reference to a resource, or the URN that it is."""
    if reference.startswith(("urn:", "#")) or "?" in reference:
        return reference
    parts = reference.split("/_history/")[0].rstrip("/").split("/")
    return "/".join(parts[-2:])


def first_moment(resource: Mapping[str, Any], paths: tuple[str, ...]) -> int:
    """Return the moment of the first of some elements that is there, or NO_DATE."""
    for path in paths:
        for found in at_path(resource, path.split(".")):
            if not isinstance(found, str):
                raise InvalidElement(f"{path} must be a date")
            try:
                return moment(found)
            except InvalidElement as error:
                raise InvalidElement(f"{path}: {error}") from None
    return NO_DATE
