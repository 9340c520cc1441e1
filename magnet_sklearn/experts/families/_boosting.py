"""Gradient boosting of small trees."""

from magnet_sklearn.experts._boosting import BoostingClassifier, BoostingRegressor
from magnet_sklearn.experts.families._family import Family


class BoostingFamily(Family):
    """Histogram gradient boosting whose number of trees is chosen out of fold.

    Parameters
    ----------
    learning_rate : float, default=0.1
        Share of each tree that counts.
    max_leaf_nodes : int, default=8
        Most leaves of a tree; 2 leaves interactions out.
    """

    name = "boosting"

    def __init__(self, learning_rate=0.1, max_leaf_nodes=8):
        self.learning_rate = learning_rate
        self.max_leaf_nodes = max_leaf_nodes

    def expert(self, kind, random_state):
        experts = {"classes": BoostingClassifier, "numbers": BoostingRegressor}
        if kind not in experts:
            return None
        return experts[kind](**self.get_params(), random_state=random_state)

    def tune(self, expert, features, y, weight, folds):
        return expert.choose_penalty(features, y, weight, folds)
