"""The estimators."""

from magnet_sklearn._estimators._classifier import MagnetClassifier

__all__ = ["MagnetClassifier"]
