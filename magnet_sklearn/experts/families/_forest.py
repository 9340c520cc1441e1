"""Random forests."""

import numpy as np

from magnet_sklearn.experts._forest import ForestExpert, NumberForestExpert
from magnet_sklearn.experts._survival_forest import SurvivalForestExpert
from magnet_sklearn.experts.families._family import Family, Features


class ForestFamily(Family):
    """Random forest; for survival, of martingale residuals."""

    name = "forest"
    in_auto = ("classes", "numbers", "survival")

    def expert(self, kind, random_state):
        experts = {
            "classes": ForestExpert(random_state=random_state),
            "numbers": NumberForestExpert(random_state=random_state),
            "survival": SurvivalForestExpert(random_state=random_state),
        }
        return experts.get(kind)

    def features(self, view, random_state):
        return Columns()

    def has_out_of_bag(self, kind):
        return True


class Columns(Features):
    """Training patients as trees take them: in single precision."""

    def of_training(self, view):
        return view.filled(np.zeros((len(view), view.width), np.float32))

    def transform(self, view):
        return self.of_training(view) if view.is_sparse else view.table
