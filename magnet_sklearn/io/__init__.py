"""Fitted estimators in files that other programs read, and patients from records."""

from magnet_sklearn.io._onnx import export_onnx, onnx_inputs
from magnet_sklearn.io._torch_dataset import from_dataset, to_dataset
from magnet_sklearn.io.fhir import (
    EHRConnector,
    EHRPrediction,
    FHIRCohort,
    FHIRMapping,
    read_fhir,
    to_fhir,
)

__all__ = [
    "EHRConnector",
    "EHRPrediction",
    "FHIRCohort",
    "FHIRMapping",
    "export_onnx",
    "from_dataset",
    "onnx_inputs",
    "read_fhir",
    "to_dataset",
    "to_fhir",
]
