"""Fitted estimators in files: their own, and such that other programs read."""

from magnet_sklearn.io._model_file._errors import ModelFileError
from magnet_sklearn.io._model_file._loading import (
    ModelDescription,
    describe_model,
    load_model,
)
from magnet_sklearn.io._model_file._registry import register_class
from magnet_sklearn.io._model_file._saving import save_model
from magnet_sklearn.io._onnx import export_onnx, onnx_inputs

__all__ = [
    "ModelDescription",
    "ModelFileError",
    "describe_model",
    "export_onnx",
    "load_model",
    "onnx_inputs",
    "register_class",
    "save_model",
]
