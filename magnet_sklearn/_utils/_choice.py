"""Values of a parameter that a registry lists."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

T = TypeVar("T")


def listed(names: Iterable[str]) -> str:
    """Names in quotes, for an error or a docstring."""
    return ", ".join(repr(name) for name in names)


def choose(registry: Mapping[str, T], parameter: str, name: str, *more: str) -> T:
    """Return an entry, or say what there is; `more` are choices beside the names."""
    if name not in registry:
        choices = ", or ".join([listed(registry), *more])
        raise ValueError(f"{parameter} is {name!r}. Choose one of {choices}.")
    return registry[name]
