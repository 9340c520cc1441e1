"""Search for parameters that matter."""

from magnet_sklearn.tuning._result import TuningResult
from magnet_sklearn.tuning._space import search_space
from magnet_sklearn.tuning._tune import tune

__all__ = ["TuningResult", "search_space", "tune"]
