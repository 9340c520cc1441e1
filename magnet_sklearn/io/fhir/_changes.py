"""Which patients have new resources, by the time of their last update."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from magnet_sklearn.io.fhir._asked import is_id
from magnet_sklearn.io.fhir._attribution import subject_of
from magnet_sklearn.io.fhir._elements import (
    NO_DATE,
    InvalidElement,
    first_moment,
    identifier,
    objects,
)
from magnet_sklearn.io.fhir._pages import search
from magnet_sklearn.io.fhir._server import FHIRServer
from magnet_sklearn.io.fhir._write_back import identifier_of

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_OVERLAP = timedelta(minutes=1)


class ChangeFeed:
    """Asks a server again and again what was updated.

    Each question goes back a minute before the last update that was seen: a
    transaction may show its resources after later ones. What was seen is remembered.

    Parameters
    ----------
    server : FHIRServer
        Server.
    kinds : iterable of str
        Types of resources.
    since : datetime
        Updates from then on count.
    page_size, max_pages : int
        Of searches.
    own : set of str
        Identifiers of what was written by ourselves, which is no news.
    """

    def __init__(
        self,
        server: FHIRServer,
        kinds: Iterable[str],
        since: datetime,
        page_size: int,
        max_pages: int,
        own: set[str],
    ) -> None:
        self._server, self._kinds = server, list(kinds)
        self._start = self._newest = since
        self._page_size, self._max_pages = page_size, max_pages
        self._own = own
        self._seen: dict[tuple[str, str, str], datetime] = {}

    def poll(self) -> list[str]:
        """Return the ids of patients with updates since the last call, once each."""
        start = max(self._newest - _OVERLAP, self._start)
        found = [new for kind in self._kinds for new in self._updated(kind, start)]
        for key, _, updated in found:
            self._seen[key] = updated
            self._newest = max(self._newest, updated)
        least = self._newest - _OVERLAP
        self._seen = {key: at for key, at in self._seen.items() if at >= least}
        return list(dict.fromkeys(patient for _, patient, _ in found))

    def _updated(self, kind: str, start: datetime) -> Iterator[tuple[Any, str, Any]]:
        """Yield key, patient and time of new resources of a type."""
        stated = start.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        params = {"_lastUpdated": f"ge{stated}", "_count": self._page_size}
        for resource in search(self._server, kind, params, self._max_pages):
            if resource.get("resourceType") != kind:
                continue
            updated = _last_update(resource)
            patient = subject_of(resource, self._server.base_url) or ""
            key = (kind, str(resource.get("id")), str(resource.get("meta")))
            is_new = updated is not None and updated >= start and key not in self._seen
            if is_new and is_id(patient) and identifier_of(resource) not in self._own:
                yield key, patient, updated


def _last_update(resource: Mapping[str, Any]) -> datetime | None:
    """Return the time, None where the server does not say it."""
    try:
        identifier(resource)
        meta = objects(resource, "meta")
        moment = first_moment(meta[0], ("lastUpdated",)) if meta else NO_DATE
    except InvalidElement:
        return None
    return None if moment == NO_DATE else _EPOCH + timedelta(microseconds=moment)
