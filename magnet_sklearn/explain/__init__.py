"""Why a fitted estimator predicts what it predicts."""

from magnet_sklearn.explain._attribution import feature_attribution
from magnet_sklearn.explain._deletion import deletion_curve
from magnet_sklearn.explain._explanation import Explanation
from magnet_sklearn.explain._permutation import feature_importance
from magnet_sklearn.explain._signature import Signature, signature

__all__ = [
    "Explanation",
    "Signature",
    "deletion_curve",
    "feature_attribution",
    "feature_importance",
    "signature",
]
