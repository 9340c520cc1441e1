"""Why a fitted estimator predicts what it predicts."""

from magnet_sklearn.explain._attribution import feature_attribution
from magnet_sklearn.explain._explanation import Explanation

__all__ = ["Explanation", "feature_attribution"]
