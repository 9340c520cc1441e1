"""Searches: all pages of resources."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urljoin

from magnet_sklearn.io.fhir._server import FHIRServer


def search(
    server: FHIRServer, kind: str, params: Mapping[str, Any], max_pages: int
) -> Iterator[dict[str, Any]]:
    """Yield the resources that a search finds, whatever their type.

    Raises
    ------
    ConnectionError
        If pages repeat, are too many, lead to another server, or are no Bundles: a part
        of a record would be taken for the whole.
    """
    what = f"The search of {kind}"
    address, query = kind, params or None
    addresses, pages = set(), set()
    for _ in range(max_pages):
        bundle = server.get(address, what, query).content
        if bundle.get("resourceType") != "Bundle":
            raise ConnectionError(f"{what} failed: the server did not send a Bundle.")
        found = _resources(bundle, what)
        keys = tuple(map(_key, found))
        if keys and keys in pages:
            raise ConnectionError(f"{what} failed: the server repeats a page.")
        pages.add(keys)
        yield from found
        link = _next_link(bundle, what)
        if link is None:
            return
        address, query = urljoin(f"{server.base_url}/", link), None
        if address in addresses:
            raise ConnectionError(f"{what} failed: the pages go round in a circle.")
        addresses.add(address)
    raise ConnectionError(
        f"{what} failed: there are more than {max_pages} pages. Raise max_pages, if "
        "the server honours the search parameters."
    )


def _resources(bundle: Mapping[str, Any], what: str) -> list[dict[str, Any]]:
    entries = _objects(bundle, "entry", what)
    found = [
        one["resource"] for one in entries if isinstance(one.get("resource"), dict)
    ]
    if len(found) < len(entries):
        raise ConnectionError(f"{what} failed: an entry of a page has no resource.")
    return [one for one in found if one.get("resourceType") != "OperationOutcome"]


def _objects(bundle: Mapping[str, Any], name: str, what: str) -> list[dict[str, Any]]:
    """Return an element of a Bundle; leaving out a broken one would lose records."""
    found = bundle.get(name) or []
    if isinstance(found, list) and all(isinstance(one, dict) for one in found):
        return found
    raise ConnectionError(f"{what} failed: {name} of a page must be a list of objects.")


def _key(resource: Mapping[str, Any]) -> tuple[str, str, str]:
    return (
        str(resource.get("resourceType")),
        str(resource.get("id")),
        str(resource.get("meta")),
    )


def _next_link(bundle: Mapping[str, Any], what: str) -> str | None:
    for link in _objects(bundle, "link", what):
        if link.get("relation") == "next":
            if not isinstance(link.get("url"), str):
                raise ConnectionError(f"{what} failed: its next page has no address.")
            return link["url"]
    return None
