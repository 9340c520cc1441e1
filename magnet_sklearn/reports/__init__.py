"""Reports of one patient and of a model, as one HTML file or as JSON."""

from magnet_sklearn.reports._model import model_report

# Not in `__all__`: for the command line, private to the project.
from magnet_sklearn.reports._outcomes import (
    ClassOutcome,
    NumberOutcome,
    Outcome,
    SurvivalOutcome,
    outcomes_of,
)
from magnet_sklearn.reports._patient import patient_report
from magnet_sklearn.reports._report import Report

__all__ = ["Report", "model_report", "patient_report"]
