"""Addresses of requests hold ids of patients: no log of urllib3 tells them."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_IS_PRIVATE = ContextVar("_IS_PRIVATE", default=False)


class _PrivateFilter(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        return not _IS_PRIVATE.get()


_FILTER = _PrivateFilter()


@contextmanager
def unlogged_addresses() -> Iterator[None]:
    """Keep what urllib3 logs about this thread's requests from being logged."""
    for name in ("connectionpool", "connection", "response", "util.retry"):
        logging.getLogger(f"urllib3.{name}").addFilter(_FILTER)  # once
    token = _IS_PRIVATE.set(True)
    try:
        yield
    finally:
        _IS_PRIVATE.reset(token)
