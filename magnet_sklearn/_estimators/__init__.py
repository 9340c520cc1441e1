"""The estimators."""

from magnet_sklearn._estimators._classifier import MagnetClassifier
from magnet_sklearn._estimators._regressor import MultiModalGNNRegressor

__all__ = ["MagnetClassifier", "MultiModalGNNRegressor"]
