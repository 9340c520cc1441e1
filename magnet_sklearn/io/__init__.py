"""Fitted estimators in files that other programs read, and datasets of PyTorch."""

from magnet_sklearn.io._onnx import export_onnx, onnx_inputs
from magnet_sklearn.io._torch_dataset import from_dataset, to_dataset

__all__ = ["export_onnx", "from_dataset", "onnx_inputs", "to_dataset"]
