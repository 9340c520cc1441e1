"""What a table of patients is: named blocks with missing rows."""

from magnet_sklearn.data._container import MultiModalData
from magnet_sklearn.data._dropping import drop_modalities
from magnet_sklearn.data._same_patients import check_same_patients
from magnet_sklearn.data._survival import check_survival
from magnet_sklearn.data._validation import check_multimodal

__all__ = [
    "MultiModalData",
    "check_multimodal",
    "check_same_patients",
    "check_survival",
    "drop_modalities",
]
