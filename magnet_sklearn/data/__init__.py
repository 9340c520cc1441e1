"""What a table of patients is: named blocks with missing rows."""

from magnet_sklearn.data._container import MultiModalData
from magnet_sklearn.data._dropping import drop_modalities
from magnet_sklearn.data._names import quoted
from magnet_sklearn.data._same_patients import check_same_patients
from magnet_sklearn.data._schema import BlockSchema, ModalitySchema
from magnet_sklearn.data._survival import Survival, check_survival
from magnet_sklearn.data._survival_names import survival_pairs
from magnet_sklearn.data._tables import as_pandas
from magnet_sklearn.data._validation import check_multimodal

__all__ = [
    "MultiModalData",
    "check_multimodal",
    "check_same_patients",
    "check_survival",
    "drop_modalities",
]
