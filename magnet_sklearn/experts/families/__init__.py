"""Families of experts: the same model per view, for each kind of target."""

from magnet_sklearn.experts.families._family import Family, Features
from magnet_sklearn.experts.families._own import OwnFamily
from magnet_sklearn.experts.families._registry import FAMILIES
from magnet_sklearn.experts.families._selection import in_order, select_families

__all__ = [
    "FAMILIES",
    "Family",
    "Features",
    "OwnFamily",
    "in_order",
    "select_families",
]
