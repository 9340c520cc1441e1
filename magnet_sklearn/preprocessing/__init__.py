"""scikit-learn transformers that work modality by modality."""

from magnet_sklearn.preprocessing._default import DefaultPreprocessor

__all__ = ["DefaultPreprocessor"]
