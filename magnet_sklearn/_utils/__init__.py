"""Helpers that know nothing of patients."""

from magnet_sklearn._utils._optional import import_optional
from magnet_sklearn._utils._random import spawn_seeds
from magnet_sklearn._utils._scaling import CLIP, Standardization, fit_standardization

__all__ = [
    "CLIP",
    "Standardization",
    "fit_standardization",
    "import_optional",
    "spawn_seeds",
]
