"""The families that experts="auto" fits."""

from magnet_sklearn.experts.families._family import Family
from magnet_sklearn.experts.families._forest import ForestFamily
from magnet_sklearn.experts.families._kernel import KernelFamily
from magnet_sklearn.experts.families._linear import LinearFamily

# The simplest first: the combination is shrunk to it.
FAMILIES: dict[str, Family] = {
    family.name: family for family in (LinearFamily(), KernelFamily(), ForestFamily())
}
