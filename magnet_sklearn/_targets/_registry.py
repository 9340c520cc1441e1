"""Kinds of target by name."""

from __future__ import annotations

from magnet_sklearn._targets._base import Target
from magnet_sklearn._targets._classes import ClassTarget
from magnet_sklearn._targets._labels import LabelsTarget
from magnet_sklearn._targets._numbers import NumberTarget
from magnet_sklearn._targets._survival import SurvivalTarget

TARGETS: dict[str, type[Target]] = {
    "classification": ClassTarget,
    "labels": LabelsTarget,
    "regression": NumberTarget,
    "survival": SurvivalTarget,
}
