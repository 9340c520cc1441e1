"""The families of experts by name."""

from magnet_sklearn.experts.families._boosting import BoostingFamily
from magnet_sklearn.experts.families._family import Family
from magnet_sklearn.experts.families._forest import ForestFamily
from magnet_sklearn.experts.families._kernel import KernelFamily
from magnet_sklearn.experts.families._linear import LinearFamily
from magnet_sklearn.experts.families._sparse import SparseFamily
from magnet_sklearn.experts.families._spreading import SpreadingFamily

# The simplest first: the combination is shrunk to it.
FAMILIES: dict[str, Family] = {
    family.name: family
    for family in (
        LinearFamily(),
        SparseFamily(),
        KernelFamily(),
        ForestFamily(),
        BoostingFamily(),
        SpreadingFamily(),
    )
}
