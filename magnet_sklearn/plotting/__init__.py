"""Pictures of data, models, predictions and explanations, in scikit-learn's manner."""

from magnet_sklearn.plotting._enrichment import EnrichmentDisplay
from magnet_sklearn.plotting._feature_importance import FeatureImportanceDisplay
from magnet_sklearn.plotting._learning_curves import LearningCurvesDisplay
from magnet_sklearn.plotting._missing_pattern import MissingPatternDisplay
from magnet_sklearn.plotting._modality_importance import ModalityImportanceDisplay
from magnet_sklearn.plotting._neighborhood import NeighborhoodDisplay
from magnet_sklearn.plotting._patient_map import PatientMapDisplay
from magnet_sklearn.plotting._reliability import ReliabilityDisplay
from magnet_sklearn.plotting._score_by_pattern import ScoreByPatternDisplay
from magnet_sklearn.plotting._summary import SummaryDisplay
from magnet_sklearn.plotting._survival_curves import SurvivalCurvesDisplay
from magnet_sklearn.plotting._waterfall import WaterfallDisplay

__all__ = [
    "EnrichmentDisplay",
    "FeatureImportanceDisplay",
    "LearningCurvesDisplay",
    "MissingPatternDisplay",
    "ModalityImportanceDisplay",
    "NeighborhoodDisplay",
    "PatientMapDisplay",
    "ReliabilityDisplay",
    "ScoreByPatternDisplay",
    "SummaryDisplay",
    "SurvivalCurvesDisplay",
    "WaterfallDisplay",
]
