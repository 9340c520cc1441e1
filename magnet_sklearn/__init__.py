"""Learning from multimodal data with missing modalities."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from magnet_sklearn._estimators import (
        MagnetClassifier,
        MagnetMultiTask,
        MagnetSurvivalAnalysis,
        MultiModalGNNRegressor,
        predict_cumulative_incidence,
    )
    from magnet_sklearn.data import MultiModalData

__version__ = "0.2.0"

__all__ = [
    "MagnetClassifier",
    "MagnetMultiTask",
    "MagnetSurvivalAnalysis",
    "MultiModalData",
    "MultiModalGNNRegressor",
    "predict_cumulative_incidence",
]


def __getattr__(name: str) -> object:
    # Estimators import torch, which data preparation should not have to wait for.
    if name in __all__:
        package = "data" if name == "MultiModalData" else "_estimators"
        return getattr(import_module(f"magnet_sklearn.{package}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
