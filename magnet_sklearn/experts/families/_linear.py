"""Ridge regression: logistic, linear and Cox."""

import numpy as np

from magnet_sklearn.experts._ridge import RidgeCV
from magnet_sklearn.experts._ridge_cox import RidgeCox
from magnet_sklearn.experts._ridge_logistic import RidgeLogisticCV
from magnet_sklearn.experts.families._family import Features, TunedFamily

# Relative to the longest axis; of shorter ones a squared length is rounding error.
_SHORTEST_AXIS = 1e-13


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

    def features(self, view, random_state):
        return Span() if view.width > len(view) else Features()


class Span(Features):
    """Patients along orthonormal axes of the space that they span.

    Axes come from the products of the patients. A ridge solution is a sum of patients,
    so that none is lost; fitted experts take the columns of the view.
    """

    def of_training(self, view):
        squares, left = np.linalg.eigh(view.gram)
        kept = squares > _SHORTEST_AXIS * max(squares[-1], 1e-300)
        root = np.sqrt(squares[kept])
        self._of_patients = left[:, kept] / root
        return left[:, kept] * root

    def finish(self, expert, view):
        expert.coef_ = view.weights(expert.coef_ @ self._of_patients.T)
        del self._of_patients
