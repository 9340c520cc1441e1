"""FHIR R4: patients from resources, predictions to resources."""

from magnet_sklearn.io.fhir._cohort import FHIRCohort
from magnet_sklearn.io.fhir._connector import EHRConnector
from magnet_sklearn.io.fhir._ehr_prediction import EHRPrediction
from magnet_sklearn.io.fhir._mapping import FHIRMapping
from magnet_sklearn.io.fhir._read import read_fhir
from magnet_sklearn.io.fhir._to_fhir import to_fhir

__all__ = [
    "EHRConnector",
    "EHRPrediction",
    "FHIRCohort",
    "FHIRMapping",
    "read_fhir",
    "to_fhir",
]
