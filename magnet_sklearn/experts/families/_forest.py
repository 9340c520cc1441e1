"""Random forests."""

from magnet_sklearn.experts._forest import ForestExpert, NumberForestExpert
from magnet_sklearn.experts.families._family import Family


class ForestFamily(Family):
    """Random forest; none for survival."""

    name = "forest"
    in_auto = ("classes", "numbers")

    def expert(self, kind, random_state):
        experts = {
            "classes": ForestExpert(random_state=random_state),
            "numbers": NumberForestExpert(random_state=random_state),
        }
        return experts.get(kind)

    def has_out_of_bag(self, kind):
        return True
