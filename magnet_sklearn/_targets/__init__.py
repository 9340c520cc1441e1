"""Kinds of target: from y to numbers, and from outputs to predictions.

A new kind is one file here and one line in the registry.
"""

from magnet_sklearn._targets._base import HeldOut, Target
from magnet_sklearn._targets._classes import ClassTarget
from magnet_sklearn._targets._experts import TargetExperts
from magnet_sklearn._targets._hazards import BreslowBaseline
from magnet_sklearn._targets._labels import LabelsTarget
from magnet_sklearn._targets._lists import check_levels, check_times
from magnet_sklearn._targets._numbers import NumberTarget
from magnet_sklearn._targets._registry import TARGETS
from magnet_sklearn._targets._several import SeveralTargets, columns_of
from magnet_sklearn._targets._survival import SurvivalTarget

__all__ = [
    "BreslowBaseline",
    "TARGETS",
    "ClassTarget",
    "HeldOut",
    "LabelsTarget",
    "NumberTarget",
    "SeveralTargets",
    "SurvivalTarget",
    "Target",
    "TargetExperts",
    "check_levels",
    "check_times",
    "columns_of",
]
