"""Imports on first use, and without the warnings of other libraries."""

import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
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


@contextmanager
def quiet_import() -> Iterator[None]:
    """Keep the deprecations inside that PyG and skorch raise at import (torch 2.13)."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "`torch.jit", DeprecationWarning)
        yield
