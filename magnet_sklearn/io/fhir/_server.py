"""One FHIR server: requests that are bounded, repeated and silent about patients."""

from __future__ import annotations

import json
import logging
import random
import time
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from magnet_sklearn._utils import import_optional
from magnet_sklearn.io.fhir._faults import Fault, fault_of_error, fault_of_status
from magnet_sklearn.io.fhir._unlogged import unlogged_addresses

_LOG = logging.getLogger("magnet_sklearn.io.fhir")
_JSON = "application/fhir+json"
_MOST_BYTES = 1 << 28
_LONGEST_WAIT = 60.0  # seconds
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class Reply(NamedTuple):
    """What a server answered.

    Parameters
    ----------
    status : int
        Status of HTTP, below 300, or one of those that were expected.
    content : dict
        Resource; empty if there is none.
    location : str
        Where a created resource stands; empty if it is not said.
    """

    status: int
    content: dict[str, Any]
    location: str


class FHIRServer:
    """A server, and how it is asked.

    Parameters
    ----------
    base_url : str
        Address, without the type of a resource.
    token : str, callable or None
        Bearer token, or what returns a new one.
    session : requests.Session or None
        Connections.
    ca_file : str or None
        Certificates that are trusted.
    timeout, backoff : float
        Seconds.
    max_retries : int
        How often a request is repeated.
    max_rate : float or None
        Requests per second.
    """

    def __init__(
        self,
        base_url: str,
        token: str | Callable[[], str] | None,
        session: Any,
        ca_file: str | None,
        timeout: float,
        max_retries: int,
        backoff: float,
        max_rate: float | None,
    ) -> None:
        self.base_url = _checked_address(base_url, token is not None)
        if not (timeout > 0 and backoff >= 0 and (max_rate is None or max_rate > 0)):
            raise ValueError(
                f"timeout and max_rate must be above 0 and backoff not below, got "
                f"timeout={timeout}, max_rate={max_rate}, backoff={backoff}."
            )
        self._requests = import_optional("requests", extra="fhir")
        self._session = session or self._requests.Session()
        self._renew = token if callable(token) else None
        self._token = None if callable(token) else token
        # as `auth`, so that no password of a netrc file is sent in place of a token
        is_own = token is None and getattr(session, "auth", None) is not None
        self._auth = None if is_own else self._authorize
        self._ca_file = ca_file
        self._timeout, self._backoff = timeout, backoff
        self._max_retries = max_retries
        self._interval = 1 / max_rate if max_rate else 0.0
        self._next_time = 0.0

    def get(
        self,
        address: str,
        what: str,
        params: Mapping[str, Any] | None = None,
        expected: tuple[int, ...] = (),
    ) -> Reply:
        """Read; `address` may be a whole URL or a path below the base."""
        return self._send("GET", address, what, expected, params=params)

    def create(
        self,
        resource: Mapping[str, Any],
        what: str,
        condition: str | None,
    ) -> Reply:
        """Create a resource, on a condition if there is one.

        Without a condition it is not repeated once the server may have taken it; with
        one, 400 and 412 are answers: the condition is not supported, or not met.
        """
        headers = {"Content-Type": _JSON, "Prefer": "return=representation"}
        headers |= {"If-None-Exist": condition} if condition else {}
        return self._send(
            "POST",
            str(resource["resourceType"]),
            what,
            (400, 412) if condition else (),
            is_repeatable=condition is not None,
            data=json.dumps(resource).encode(),
            headers=headers,
        )

    def _send(self, method, address, what, expected, is_repeatable=True, **request):
        """Send a request until it is answered, or there is no hope."""
        url = address if "://" in address else f"{self.base_url}/{address}"
        if _origin(url) != _origin(self.base_url):
            raise ConnectionError(
                f"{what} failed: the server leads to another address than base_url, "
                "and a token is not sent elsewhere. Use the address that the server "
                "itself uses."
            )
        request["headers"] = {"Accept": _JSON} | request.get("headers", {})
        attempt = 0
        while not isinstance(
            answer := self._attempt(method, url, expected, request), Reply
        ):
            hopeful = answer.is_passing if is_repeatable else answer.is_refused
            wait = self._wait(attempt, answer)
            if not hopeful or attempt >= self._max_retries or wait > _LONGEST_WAIT:
                tries = f" after {attempt + 1} tries" if attempt else ""
                raise answer.kind(f"{what} failed{tries}: {answer.text}.")
            _LOG.info("%s: %s; again in %.2f s", what, answer.text, wait)
            time.sleep(wait)
            attempt += 1
        return answer

    def _wait(self, attempt: int, fault: Fault) -> float:
        """Return seconds: exponential with full jitter, or what the server asks."""
        most = min(self._backoff * 2**attempt, _LONGEST_WAIT)
        return max(fault.wait, random.uniform(0, most))

    def _attempt(self, method, url, expected, request) -> Reply | Fault:
        """Send once; once more with a new token if the old one is refused."""
        for is_last in (self._renew is None, True):
            try:
                response, body = self._exchange(method, url, request)
            except self._requests.RequestException as error:
                return fault_of_error(error, self._requests)
            if response.status_code != 401 or is_last:
                break
            self._token = None
        status, headers = response.status_code, response.headers
        content = _parsed(body)
        if status >= 300 and status not in expected:
            return fault_of_status(status, headers, content)
        if body is None:
            return Fault(ConnectionError, "the answer is larger than 256 MB", False)
        if content is None and body.strip():
            return Fault(ConnectionError, "the answer is not a JSON object", True)
        location = headers.get("Location") or headers.get("Content-Location") or ""
        return Reply(status, content or {}, location)

    def _exchange(self, method, url, request):
        """Return a response and its bytes, None if they are too many."""
        pause = self._next_time - time.monotonic()
        if pause > 0:
            time.sleep(pause)
        start = time.monotonic()
        self._next_time = start + self._interval
        with unlogged_addresses():
            response = self._session.request(
                method,
                url,
                timeout=self._timeout,
                allow_redirects=False,
                stream=True,
                auth=self._auth,
                verify=self._ca_file,
                **request,
            )
            pieces, size = [], 0
            with response:
                for piece in response.iter_content(1 << 10):
                    pieces.append(piece)
                    size += len(piece)
                    if time.monotonic() - start > 10 * self._timeout:
                        raise self._requests.Timeout
                    if size > _MOST_BYTES:
                        return response, None
        return response, b"".join(pieces)

    def _authorize(self, request):
        """Add the token, if there is one."""
        if self._token is None and self._renew is not None:
            self._token = self._renew()
        if self._token is not None:
            request.headers["Authorization"] = f"Bearer {self._token}"
        return request


def _checked_address(base_url: str, has_token: bool) -> str:
    try:
        parts = urlsplit(base_url)
        host = parts.hostname
    except (ValueError, AttributeError, TypeError):
        host = None
    if not host or parts.scheme not in ("http", "https"):
        raise ValueError("base_url must be an address such as 'https://host/fhir'.")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError(
            "base_url has a password, query or fragment. Pass the address alone, and "
            "passwords in `session.auth` or as `token`."
        )
    if has_token and parts.scheme == "http" and host not in _LOOPBACK:
        raise ValueError(
            "base_url is http: the token could be read by others. Use https."
        )
    return base_url.rstrip("/")


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc


def _parsed(body: bytes | None) -> dict[str, Any] | None:
    """Return a JSON object, None for anything else."""
    try:
        found = json.loads(body or b"")
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
