"""Why a fitted estimator predicts what it predicts, and how sure it is."""

# Not in `__all__`: ModelOutputs, which the reports use.
from magnet_sklearn.explain._conformal import ConformalPredictor
from magnet_sklearn.explain._explanation import Explanation
from magnet_sklearn.explain._model_outputs import ModelOutputs

__all__ = ["ConformalPredictor", "Explanation"]
