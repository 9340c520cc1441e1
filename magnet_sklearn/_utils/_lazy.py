"""Attributes of a package that are imported on first use."""

from collections.abc import Callable, Mapping
from importlib import import_module


def lazy_attributes(
    package: str, modules: Mapping[str, str]
) -> Callable[[str], object]:
    """Make the `__getattr__` of a package, from names to its modules."""

    def get(name: str) -> object:
        if name in modules:
            return getattr(import_module(modules[name], package), name)
        raise AttributeError(f"module {package!r} has no attribute {name!r}")

    return get
