"""The estimators."""

from magnet_sklearn._estimators._base import BaseMagnet
from magnet_sklearn._estimators._classifier import MagnetClassifier
from magnet_sklearn._estimators._competing_risks import predict_cumulative_incidence

# Not in `__all__`: for explanations and federated training, private to the project.
from magnet_sklearn._estimators._config import ensemble_config
from magnet_sklearn._estimators._inputs import InputPipeline
from magnet_sklearn._estimators._model import FittedModel, StartState
from magnet_sklearn._estimators._multi_task import MagnetMultiTask
from magnet_sklearn._estimators._regressor import MultiModalGNNRegressor
from magnet_sklearn._estimators._reuse import StageCache, reusing_stages
from magnet_sklearn._estimators._survival import MagnetSurvivalAnalysis

__all__ = [
    "BaseMagnet",
    "MagnetClassifier",
    "MagnetMultiTask",
    "MagnetSurvivalAnalysis",
    "MultiModalGNNRegressor",
    "StageCache",
    "predict_cumulative_incidence",
    "reusing_stages",
]
