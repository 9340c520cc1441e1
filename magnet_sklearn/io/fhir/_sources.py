"""Where resources come from: dicts, iterables, files, folders."""

import gzip
from collections.abc import Iterable, Iterator, Mapping
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple

from magnet_sklearn.io.fhir._json_stream import BrokenLine, read_bundle, read_lines

_SUFFIXES = (".json", ".ndjson", ".json.gz", ".ndjson.gz")
_DEEPEST = 8  # Bundles in Bundles


class Located(NamedTuple):
    """A resource and where it stands.

    Parameters
    ----------
    content : object
        The resource, if it is one.
    place : str
        File and kind of place.
    number : int
        Number of the line, entry or element.
    url : str or None
        Full URL of its entry.
    """

    content: Any
    place: str
    number: int
    url: str | None = None

    @property
    def path(self) -> str:
        """Where the resource stands, for people."""
        return f"{self.place}[{self.number}]"


def located_resources(source: Any) -> Iterator[Located]:
    """Yield the resources of a source, those of Bundles one by one."""
    for found in _from(source):
        yield from _unpacked(found, ())


def _from(source: Any) -> Iterator[Located]:
    if isinstance(source, str) and source.lstrip()[:1] in ("{", "["):
        raise TypeError("source is JSON text. Pass what it holds: json.loads(text).")
    if isinstance(source, str | PathLike):
        yield from _from_path(Path(source))
    elif isinstance(source, Mapping):
        yield Located(source, "resource", 0)
    elif isinstance(source, Iterable) and not isinstance(source, bytes):
        yield from _from_iterable(source)
    else:
        raise TypeError(
            "source must be a Bundle or resource as a dict, an iterable of those, or "
            f"the path of a file or folder, got a {type(source).__name__}."
        )


def _from_iterable(source: Iterable[Any]) -> Iterator[Located]:
    for number, element in enumerate(source):
        if isinstance(element, str | PathLike):
            yield from _from_path(Path(element))
        else:
            yield Located(element, "resource", number)


def _from_path(path: Path) -> Iterator[Located]:
    if not path.exists():
        raise FileNotFoundError(f"There is no file or folder {str(path)!r}.")
    if not path.is_dir():
        yield from _from_file(path, path.name)
        return
    files = [file for file in sorted(path.rglob("*")) if file.name.endswith(_SUFFIXES)]
    if not files:
        raise FileNotFoundError(
            f"The folder {str(path)!r} has no file that ends in {', '.join(_SUFFIXES)}."
        )
    for file in files:
        yield from _from_file(file, str(file.relative_to(path)))


def _from_file(path: Path, name: str) -> Iterator[Located]:
    try:
        if ".ndjson" in path.suffixes:
            for number, content in read_lines(path):
                yield Located(content, f"{name} line", number)
        else:
            yield from _from_bundle_file(path, name)
    except (ValueError, RecursionError, EOFError, gzip.BadGzipFile) as error:
        # what the error says may be a part of the content
        wanted = (
            "text in the encoding that its first bytes tell"
            if isinstance(error, UnicodeError)
            else "complete JSON, or is nested too deeply"
        )
        raise ValueError(
            f"The file {name!r} is not {wanted}. Export it again, or leave it out."
        ) from None


def _from_bundle_file(path: Path, name: str) -> Iterator[Located]:
    for number, content in read_bundle(path):
        if number is not None:
            yield from _entry(content, f"{name} entry", number)
        elif not (isinstance(content, dict) and "entry" in content):
            yield Located(content, f"{name} value", 0)


def _unpacked(found: Located, above: tuple[int, ...]) -> Iterator[Located]:
    """Yield a resource, or those in a Bundle."""
    bundle = found.content
    if not (isinstance(bundle, Mapping) and bundle.get("resourceType") == "Bundle"):
        yield found
    elif (
        id(bundle) in above
        or len(above) == _DEEPEST
        or not isinstance(entries := bundle.get("entry", []), list)
    ):
        yield found._replace(content=None)
    else:
        place = f"{found.path}.entry"
        for number, entry in enumerate(entries):
            for resource in _entry(entry, place, number):
                yield from _unpacked(resource, (*above, id(bundle)))


def _entry(entry: Any, place: str, number: int) -> Iterator[Located]:
    """Yield the resource of an entry, or what an entry says of a deletion."""
    if not isinstance(entry, Mapping):
        yield Located(None, place, number)
        return
    url, request = entry.get("fullUrl"), entry.get("request")
    url = url if isinstance(url, str) else None
    if "resource" in entry:
        yield Located(entry["resource"], place, number, url)
    elif isinstance(request, Mapping) and request.get("method") == "DELETE":
        yield Located(_deleted(request.get("url")), place, number, url)
    else:
        yield Located(None, place, number, url)


def _deleted(url: Any) -> dict[str, Any] | None:
    """Return what stands for a deleted resource."""
    parts = url.split("/") if isinstance(url, str) else []
    if len(parts) < 2:
        return None
    return {"resourceType": parts[-2], "id": parts[-1], "status": "deleted"}


def is_broken_line(content: Any) -> bool:
    """Tell whether a line was no JSON."""
    return content is BrokenLine
