"""Ridge regression: logistic, linear and Cox."""

from magnet_sklearn.experts._ridge import RidgeCV
from magnet_sklearn.experts._ridge_cox import RidgeCox
from magnet_sklearn.experts._ridge_logistic import RidgeLogisticCV
from magnet_sklearn.experts.families._family import TunedFamily


class LinearFamily(TunedFamily):
    """Ridge regression whose penalty is chosen out of fold."""

    name = "linear"
    in_auto = ("classes", "numbers", "survival")

    def expert(self, kind, random_state):
        experts = {
            "classes": RidgeLogisticCV(),
            "numbers": RidgeCV(),
            "survival": RidgeCox(),
        }
        return experts.get(kind)
