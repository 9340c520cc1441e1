"""Elements of resources, read with care: any of them may be of a wrong type."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from magnet_sklearn.io.fhir._code_systems import system_url

Coding = tuple[str, str]
NO_DATE = -(1 << 62)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
# FHIR forbids "_", but it is in use.
_ID = re.compile(r"[A-Za-z0-9\-._]{1,64}")
_DATE = re.compile(
    r"\d{4}(-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)?)?)?)?"
)


class InvalidElement(Exception):
    """An element has a wrong type; the message names the element, not its value."""


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


def moment(stated: str) -> int:
    """Return the last microsecond since 1970 that a date or time may mean.

    A date without a day or time of the day is taken as late as it can be, so that it
    never counts as known before it was. Times without a zone are UTC.
    """
    if not _DATE.fullmatch(stated):
        raise InvalidElement("dates must be like 2020, 2020-05, 2020-05-31 or a time")
    try:
        if len(stated) > 10:
            at = datetime.fromisoformat(stated.replace(":60", ":59"))
            at = at if at.tzinfo else at.replace(tzinfo=UTC)
            return (at - _EPOCH) // _MICROSECOND
        return _end_of(*map(int, stated.split("-")))
    except (ValueError, OverflowError):
        raise InvalidElement("a date must exist in the calendar") from None


def _end_of(year: int, month: int = 0, day: int = 0) -> int:
    """Return the last microsecond of a year, month or day."""
    if day:
        last = datetime(year, month, day, tzinfo=UTC)
    else:
        ahead = month or 12
        first = datetime(year, ahead, 28, tzinfo=UTC)
        last = first
        while last.day < 31 and (last.month, last.day) != (2, 29):
            following = last + timedelta(days=1)
            if following.month != ahead:
                break
            last = following
    return (last - _EPOCH) // _MICROSECOND + 86_400_000_000 - 1


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
