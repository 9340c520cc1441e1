"""Imports of optional dependencies."""

from importlib import import_module
from types import ModuleType


def import_optional(package: str, *, extra: str) -> ModuleType:
    """Import a package, or say which extra of magnet-sklearn installs it."""
    try:
        return import_module(package)
    except ImportError as error:
        raise ImportError(
            f"This needs the package {package!r}, which is not installed. "
            f'Install it with: pip install "magnet-sklearn[{extra}]"'
        ) from error
