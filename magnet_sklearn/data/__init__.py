"""What a table of patients is: named blocks with missing rows."""

# Not in `__all__`: what the packages above this one use, private to the project.
from magnet_sklearn.data._blocks import (
    as_block,
    as_named_frame,
    feature_names,
    is_sparse,
    take_or_missing,
    take_rows,
    with_index,
)
from magnet_sklearn.data._container import MultiModalData
from magnet_sklearn.data._dropping import drop_modalities
from magnet_sklearn.data._frames import is_categorical
from magnet_sklearn.data._kinds import is_text, kind_of
from magnet_sklearn.data._names import did_you_mean, quoted
from magnet_sklearn.data._on_disk import in_parts, to_learn_from
from magnet_sklearn.data._padded import (
    PADDED,
    PaddedArray,
    SetArray,
    TimedArray,
    array_kind,
    as_sets,
    as_time_series,
    like,
    same_length,
)
from magnet_sklearn.data._same_patients import check_same_patients
from magnet_sklearn.data._schema import BlockSchema, ModalitySchema
from magnet_sklearn.data._survival import Survival, check_survival
from magnet_sklearn.data._survival_names import survival_pairs
from magnet_sklearn.data._tables import as_pandas
from magnet_sklearn.data._validation import check_multimodal

__all__ = [
    "MultiModalData",
    "as_sets",
    "as_time_series",
    "check_multimodal",
    "check_same_patients",
    "check_survival",
    "drop_modalities",
]
