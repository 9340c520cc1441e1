"""Elastic net regression: logistic, linear and Cox."""

from magnet_sklearn.experts._elastic_net import (
    SparseCox,
    SparseLogistic,
    SparseNumbers,
)
from magnet_sklearn.experts.families._family import Family


class SparseFamily(Family):
    """Elastic net regression whose penalty is chosen out of fold.

    Parameters
    ----------
    l1_ratio : float, default=0.9
        Share of the absolute penalty, which sets coefficients to 0, in (0, 1].
    """

    name = "sparse"

    def __init__(self, l1_ratio=0.9):
        self.l1_ratio = l1_ratio

    def expert(self, kind, random_state):
        experts = {
            "classes": SparseLogistic,
            "numbers": SparseNumbers,
            "survival": SparseCox,
        }
        return experts[kind](l1_ratio=self.l1_ratio) if kind in experts else None

    def tune(self, expert, features, y, weight, folds):
        return expert.choose_penalty(features, y, weight, folds)
