"""Why a fitted estimator predicts what it predicts."""

from magnet_sklearn.explain._explanation import Explanation

__all__ = ["Explanation"]
