"""Fusions of a patient's modalities; a new one is a file and a line of the registry."""

from magnet_sklearn.nn.fusion._base import Fusion, copy_weights
from magnet_sklearn.nn.fusion._registry import FUSIONS

__all__ = ["FUSIONS", "Fusion", "copy_weights"]
