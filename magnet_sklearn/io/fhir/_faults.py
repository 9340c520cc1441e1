"""What goes wrong between client and server, told without addresses and contents."""

from __future__ import annotations

import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from types import ModuleType
from typing import Any, NamedTuple

_PASSING = (408, 429, 500, 502, 503, 504)
_REFUSED = 401, 403
# Some of https://hl7.org/fhir/R4/valueset-issue-type.html; other text is not repeated.
_ISSUES = (
    "invalid",
    "structure",
    "required",
    "value",
    "invariant",
    "not-supported",
    "duplicate",
    "multiple-matches",
    "not-found",
    "too-long",
    "code-invalid",
    "too-costly",
    "business-rule",
    "conflict",
    "exception",
    "throttled",
)


class Fault(NamedTuple):
    """Why a request was not answered.

    Parameters
    ----------
    kind : type
        Exception.
    text : str
        What happened.
    is_passing : bool
        Whether another try may help.
    is_refused : bool
        Whether the server surely has not acted, and another try may help.
    wait : float
        Seconds that the server asks to wait.
    """

    kind: type[OSError]
    text: str
    is_passing: bool
    is_refused: bool = False
    wait: float = 0.0


def fault_of_error(error: Exception, requests: ModuleType) -> Fault:
    """Return what an exception of requests means; its own text has the address."""
    if isinstance(error, requests.exceptions.SSLError):
        text = "the certificate of the server is not trusted; see ca_file"
        return Fault(ConnectionError, text, False)
    if isinstance(error, requests.Timeout) or "timed out" in str(error):
        return Fault(TimeoutError, "no complete answer within the time-out", True)
    if isinstance(
        error, requests.ConnectionError | requests.exceptions.ChunkedEncodingError
    ):
        return Fault(ConnectionError, "the connection failed or broke off", True)
    name = type(error).__name__
    return Fault(ConnectionError, f"the request could not be made ({name})", False)


def fault_of_status(status: int, headers: Mapping[str, str], content: Any) -> Fault:
    """Return what a status means."""
    if status in _REFUSED:
        text = f"the server refuses access (status {status}); check the token"
        return Fault(PermissionError, text, False)
    if 300 <= status < 400:
        text = f"the server redirects (status {status}); give the new base_url"
        return Fault(ConnectionError, text, False)
    text = f"the server answers with status {status}{_issues(content)}"
    wait = _retry_after(headers.get("Retry-After", ""))
    if wait > 0:
        text += f" and asks to wait {wait:.0f} s"
    return Fault(ConnectionError, text, status in _PASSING, status == 429, wait)


def _issues(content: Any) -> str:
    """Return the codes of an OperationOutcome; its texts may name patients."""
    issues = content.get("issue") if isinstance(content, Mapping) else None
    codes = [
        issue["code"]
        for issue in (issues if isinstance(issues, list) else [])[:3]
        if isinstance(issue, Mapping) and issue.get("code") in _ISSUES
    ]
    return f" ({', '.join(codes)})" if codes else ""


def _retry_after(stated: str) -> float:
    """Return seconds from a number or a date."""
    if stated.strip().isdecimal():
        return float(stated)
    try:
        return max(parsedate_to_datetime(stated).timestamp() - time.time(), 0.0)
    except (TypeError, ValueError, OverflowError):
        return 0.0
