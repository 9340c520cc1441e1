"""Fitted estimators in files that other programs read, and patients from records."""

from magnet_sklearn.io._onnx import export_onnx, onnx_inputs
from magnet_sklearn.io._torch_dataset import from_dataset, to_dataset
from magnet_sklearn.io.fhir import FHIRCohort, FHIRMapping, read_fhir, to_fhir
from magnet_sklearn.io.omop import OMOPCohort, read_omop

__all__ = [
    "FHIRCohort",
    "FHIRMapping",
    "OMOPCohort",
    "export_onnx",
    "from_dataset",
    "onnx_inputs",
    "read_fhir",
    "read_omop",
    "to_dataset",
    "to_fhir",
]
