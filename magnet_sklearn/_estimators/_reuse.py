"""Early stages of `fit` that several fits on the same patients share."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

import joblib

_Result = TypeVar("_Result")

# Preprocessed patients are as large as X: a few settings of the experts are enough.
_MOST = 4


class StageCache:
    """What early stages of `fit` returned, by all that they depend on.

    Attributes
    ----------
    hits, misses : int
        How often a result was found, and how often it was computed.
    """

    def __init__(self) -> None:
        self.hits = 0
        self.misses = 0
        self._results: OrderedDict[str, Any] = OrderedDict()

    def call(self, function: Callable[..., _Result], arguments: tuple) -> _Result:
        """Return the result of a call, computed when it is not there."""
        of = getattr(function, "__self__", None)  # a method depends on its object
        key = joblib.hash((function.__qualname__, of, arguments))
        if key in self._results:
            self.hits += 1
            self._results.move_to_end(key)
            return self._results[key]
        self.misses += 1
        self._results[key] = function(*arguments)
        while len(self._results) > _MOST:
            self._results.popitem(last=False)
        return self._results[key]


_CACHE: ContextVar[StageCache | None] = ContextVar("stage_cache", default=None)


@contextmanager
def reusing_stages(cache: StageCache) -> Iterator[None]:
    """Let fits inside the block share preprocessing and experts.

    Parameters
    ----------
    cache : StageCache
        For one set of training patients: those of a fold.
    """
    token = _CACHE.set(cache)
    try:
        yield
    finally:
        _CACHE.reset(token)


def reused(function: Callable[..., _Result], *arguments: Any) -> _Result:
    """Call a function, or return what it returned before for equal arguments."""
    cache = _CACHE.get()
    return function(*arguments) if cache is None else cache.call(function, arguments)
