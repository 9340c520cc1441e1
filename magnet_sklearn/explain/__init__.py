"""Why a fitted estimator predicts what it predicts."""

from magnet_sklearn.explain._explanation import Explanation
from magnet_sklearn.explain._feature_graph import feature_graph_importance
from magnet_sklearn.explain._interaction import interaction
from magnet_sklearn.explain._modality_importance import modality_importance
from magnet_sklearn.explain._neighbors import neighbor_influence
from magnet_sklearn.explain._next_modality import next_modality

__all__ = [
    "Explanation",
    "feature_graph_importance",
    "interaction",
    "modality_importance",
    "neighbor_influence",
    "next_modality",
]
