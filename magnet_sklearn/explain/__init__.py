"""Why a fitted estimator predicts what it predicts, and how sure it is."""

from magnet_sklearn.explain._conformal import ConformalPredictor
from magnet_sklearn.explain._explanation import Explanation

__all__ = ["ConformalPredictor", "Explanation"]
