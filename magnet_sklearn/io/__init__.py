"""Fitted estimators in files, and patients from records of other systems."""

from magnet_sklearn.io._model_file._errors import ModelFileError
from magnet_sklearn.io._model_file._loading import (
    ModelDescription,
    describe_model,
    load_model,
)
from magnet_sklearn.io._model_file._registry import register_class
from magnet_sklearn.io._model_file._saving import save_model
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
from magnet_sklearn.io.omop import OMOPCohort, read_omop

__all__ = [
    "EHRConnector",
    "EHRPrediction",
    "FHIRCohort",
    "FHIRMapping",
    "OMOPCohort",
    "ModelDescription",
    "ModelFileError",
    "describe_model",
    "export_onnx",
    "from_dataset",
    "load_model",
    "onnx_inputs",
    "read_fhir",
    "read_omop",
    "register_class",
    "save_model",
    "to_dataset",
    "to_fhir",
]
