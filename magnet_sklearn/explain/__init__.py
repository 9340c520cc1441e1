"""Why a fitted estimator predicts what it predicts."""

# Not in `__all__`: what the packages above this one use, private to the project.
from magnet_sklearn.explain._explanation import Explanation
from magnet_sklearn.explain._model_outputs import ModelOutputs

__all__ = ["Explanation"]
