"""Helpers that know nothing of patients."""

from magnet_sklearn._utils._centred_sparse import CentredSparse
from magnet_sklearn._utils._choice import choose, listed
from magnet_sklearn._utils._format import checked_state, with_format
from magnet_sklearn._utils._lazy import lazy_attributes, quiet_import
from magnet_sklearn._utils._optional import import_optional
from magnet_sklearn._utils._random import spawn_seeds
from magnet_sklearn._utils._scaling import CLIP, Standardization, fit_standardization

__all__ = [
    "CLIP",
    "CentredSparse",
    "Standardization",
    "checked_state",
    "choose",
    "fit_standardization",
    "import_optional",
    "lazy_attributes",
    "listed",
    "quiet_import",
    "spawn_seeds",
    "with_format",
]
