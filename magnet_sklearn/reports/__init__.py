"""Reports of one patient and of a model, as one HTML file or as JSON."""

from magnet_sklearn.reports._model import model_report
from magnet_sklearn.reports._patient import patient_report
from magnet_sklearn.reports._report import Report

__all__ = ["Report", "model_report", "patient_report"]
