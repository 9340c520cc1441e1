"""Why a fitted estimator predicts what it predicts."""

from magnet_sklearn.explain._attribution import feature_attribution
from magnet_sklearn.explain._deletion import deletion_curve
from magnet_sklearn.explain._explanation import Explanation
from magnet_sklearn.explain._feature_graph import feature_graph_importance
from magnet_sklearn.explain._interaction import interaction
from magnet_sklearn.explain._modality_importance import modality_importance
from magnet_sklearn.explain._neighbors import neighbor_influence
from magnet_sklearn.explain._next_modality import next_modality
from magnet_sklearn.explain._permutation import feature_importance
from magnet_sklearn.explain._signature import Signature, signature

__all__ = [
    "Explanation",
    "Signature",
    "deletion_curve",
    "feature_attribution",
    "feature_graph_importance",
    "feature_importance",
    "interaction",
    "modality_importance",
    "neighbor_influence",
    "next_modality",
    "signature",
]
