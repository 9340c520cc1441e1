"""Why a fitted estimator predicts what it predicts, and how sure it is."""

# Not in `__all__`: ModelOutputs, which the reports use.
from magnet_sklearn.explain._attribution import feature_attribution
from magnet_sklearn.explain._conformal import ConformalPredictor
from magnet_sklearn.explain._explanation import Explanation
from magnet_sklearn.explain._feature_graph import feature_graph_importance
from magnet_sklearn.explain._interaction import interaction
from magnet_sklearn.explain._modality_importance import modality_importance
from magnet_sklearn.explain._model_outputs import ModelOutputs
from magnet_sklearn.explain._neighbors import neighbor_influence
from magnet_sklearn.explain._next_modality import next_modality

__all__ = [
    "ConformalPredictor",
    "Explanation",
    "feature_attribution",
    "feature_graph_importance",
    "interaction",
    "modality_importance",
    "neighbor_influence",
    "next_modality",
]
