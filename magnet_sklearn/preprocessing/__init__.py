"""scikit-learn transformers that work modality by modality."""

from magnet_sklearn.preprocessing._default import DefaultPreprocessor
from magnet_sklearn.preprocessing._modality_transformer import ModalityTransformer

__all__ = ["DefaultPreprocessor", "ModalityTransformer"]
