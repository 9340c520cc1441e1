"""One cheap calibrated model per modality, and how their answers combine."""

from ._combination import ExpertCombination
from ._modality_experts import ModalityExperts

__all__ = ["ExpertCombination", "ModalityExperts"]
