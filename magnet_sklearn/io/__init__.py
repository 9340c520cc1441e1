"""Fitted estimators in files that other programs read."""

from magnet_sklearn.io._onnx import export_onnx, onnx_inputs

__all__ = ["export_onnx", "onnx_inputs"]
