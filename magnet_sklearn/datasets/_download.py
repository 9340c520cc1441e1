"""Download one file: resumed, retried, checked, and kept with what is known of it."""

import hashlib
import json
import time
import urllib.request
from collections.abc import Iterator
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

_CHUNK = 1 << 18
_FINAL = (400, 401, 403, 404, 405, 410, 451)  # trying again will not help
_SAME_VERSION = ("ETag", "Last-Modified")


class _IncompleteError(Exception):
    """Fewer bytes came than were promised."""


def fetch_file(
    url: str,
    path: Path,
    *,
    sha256: str | None = None,
    download: bool = True,
    n_retries: int = 3,
    delay: float = 1.0,
    timeout: float = 30.0,
) -> Path:
    """Return a file from the cache, or download it.

    What has arrived is kept beside it (`.part`) and continued, in the same call or a
    later one, if the server still has the same version. Address, size and SHA-256 of
    a finished file are recorded (`.json`) and verified whenever it is used.

    Parameters
    ----------
    url : str
        Where the file is.
    path : Path
        Where it goes.
    sha256 : str, default=None
        Its known checksum. If None, the recorded one is verified.
    download : bool, default=True
        Whether it may be downloaded.
    n_retries : int, default=3
        How often a download that fails for a reason that may pass is tried again.
    delay : float, default=1.0
        Seconds before the first retry, doubled for each further one.
    timeout : float, default=30.0
        Seconds without a byte after which a try has failed.

    Returns
    -------
    path : Path
        Of the complete file.

    Raises
    ------
    OSError
        If the file is not there and cannot be downloaded, or has a wrong checksum.
    """
    if not path.exists():
        if not download:
            raise OSError(_by_hand(url, path, "download_if_missing is False"))
        path.parent.mkdir(parents=True, exist_ok=True)
        _try_again(url, path, n_retries, delay, timeout)
    _verify(url, path, sha256)
    return path


def _try_again(
    url: str, path: Path, n_retries: int, delay: float, timeout: float
) -> None:
    for attempt in range(n_retries + 1):
        try:
            _download(url, path, timeout)
            return
        except (_IncompleteError, HTTPException, OSError) as error:
            code = error.code if isinstance(error, HTTPError) else None
            if isinstance(error, HTTPError):
                error.close()
            if attempt == n_retries or code in _FINAL:
                why = f"{str(error) or type(error).__name__}; tries: {attempt + 1}"
                raise OSError(_by_hand(url, path, why)) from error
            if code == 416:  # what we have is no part of what is there now
                _part(path).unlink(missing_ok=True)
        time.sleep(delay * 2**attempt)


def _download(url: str, path: Path, timeout: float) -> None:
    part, request = _part(path), urllib.request.Request(url)
    version = _read_json(_record(part)).get("version")
    if part.exists() and version:
        request.add_header("Range", f"bytes={part.stat().st_size}-")
        request.add_header("If-Range", version)
    with urllib.request.urlopen(request, timeout=timeout) as response:
        resumed = response.status == 206
        headers = response.headers
        version = next((headers[k] for k in _SAME_VERSION if headers[k]), None)
        _write_json(_record(part), {"url": url, "version": version})
        with part.open("ab" if resumed else "wb") as file:
            expected = headers["Content-Length"]
            n_bytes = sum(file.write(chunk) for chunk in _chunks(response))
    if expected is not None and n_bytes < int(expected):
        raise _IncompleteError(f"{n_bytes} of {expected} bytes came")
    record = {"url": url, "size": part.stat().st_size, "sha256": _sha256(part)}
    _write_json(_record(path), record)
    _record(part).unlink()
    part.replace(path)


def _chunks(response: Any) -> Iterator[bytes]:
    while chunk := response.read(_CHUNK):
        yield chunk


def _verify(url: str, path: Path, sha256: str | None) -> None:
    """Compare with the known checksum, or the one recorded when the file came."""
    recorded = _read_json(_record(path)).get("sha256")
    expected, found = sha256 or recorded, _sha256(path)
    if expected is None:  # put there by hand
        record = {"url": url, "size": path.stat().st_size, "sha256": found}
        _write_json(_record(path), record)
    elif found != expected:
        raise OSError(
            f"{path} is not the file it should be: its SHA-256 is {found}, expected "
            f"{expected} ({'known' if sha256 else 'recorded when it was downloaded'}). "
            f"It may be damaged, or {url} may have another version. Delete it to "
            "download it again, or pass checksums={" + repr(path.name) + ": None} and "
            f"delete {_record(path).name} to accept it."
        )


def _by_hand(url: str, path: Path, why: str) -> str:
    return (
        f"Cannot download {url} ({why}). If this machine has no network, download it "
        f"with another one and save it as {path}"
    )


def _part(path: Path) -> Path:
    return path.with_name(f"{path.name}.part")


def _record(path: Path) -> Path:
    return path.with_name(f"{path.name}.json")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read_json(path: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def _write_json(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=1), encoding="utf-8")
