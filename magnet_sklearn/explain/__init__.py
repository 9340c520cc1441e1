"""Why a fitted estimator predicts what it predicts."""

from magnet_sklearn.explain._explanation import Explanation
from magnet_sklearn.explain._modality_importance import modality_importance
from magnet_sklearn.explain._neighbors import neighbor_influence
from magnet_sklearn.explain._next_modality import next_modality

__all__ = ["Explanation", "modality_importance", "neighbor_influence", "next_modality"]
