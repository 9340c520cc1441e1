"""What several packages of magnet_sklearn need."""

from magnet_sklearn._utils._choice import choose, listed
from magnet_sklearn._utils._lazy import lazy_attributes

__all__ = ["choose", "lazy_attributes", "listed"]
