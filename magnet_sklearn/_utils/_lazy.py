"""Attributes of a package that are imported on first use."""

from collections.abc import Callable, Mapping
from importlib import import_module


def lazy_attributes(
    package: str, modules: Mapping[str, str]
) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """Make a package's `__getattr__` and `__dir__`.

    Parameters
    ----------
    package : str
        Its full name.
    modules : dict of str to str
        Module of the package, with leading dot, that has each attribute.

    Returns
    -------
    functions : tuple of callables
        `__getattr__` and `__dir__`.
    """

    def get(name: str) -> object:
        if name in modules:
            return getattr(import_module(modules[name], package), name)
        raise AttributeError(f"module {package!r} has no attribute {name!r}")

    return get, lambda: sorted(modules)
