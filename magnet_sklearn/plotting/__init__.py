"""Pictures of data, models, predictions and explanations, in scikit-learn's manner."""

from magnet_sklearn.plotting._feature_importance import FeatureImportanceDisplay
from magnet_sklearn.plotting._missing_pattern import MissingPatternDisplay
from magnet_sklearn.plotting._modality_importance import ModalityImportanceDisplay
from magnet_sklearn.plotting._waterfall import WaterfallDisplay

__all__ = [
    "FeatureImportanceDisplay",
    "MissingPatternDisplay",
    "ModalityImportanceDisplay",
    "WaterfallDisplay",
]
