"""A user's own estimator in place of the families."""

from sklearn.base import clone

from magnet_sklearn.experts.families._family import Family


class OwnFamily(Family):
    """A user's own estimator."""

    name = "own"

    def __init__(self, estimator):
        self.estimator = estimator

    def expert(self, kind, random_state):
        return clone(self.estimator)
