"""Simple calibrated models per modality, and how their answers combine."""

from magnet_sklearn.experts._combination import ExpertCombination
from magnet_sklearn.experts._modality_experts import ModalityExperts
from magnet_sklearn.experts._offset import ExpertOffset
from magnet_sklearn.experts._task_links import TaskLinks

__all__ = ["ExpertCombination", "ExpertOffset", "ModalityExperts", "TaskLinks"]
