"""Random forests."""

from magnet_sklearn.experts._forest import ForestExpert, NumberForestExpert
from magnet_sklearn.experts._survival_forest import SurvivalForestExpert
from magnet_sklearn.experts.families._family import Family


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

    def has_out_of_bag(self, kind):
        return True
