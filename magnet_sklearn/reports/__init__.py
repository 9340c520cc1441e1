"""Reports of one patient and of a model, and tables that watch over a model."""

from magnet_sklearn.reports._by_group import scores_by_group
from magnet_sklearn.reports._external import external_validation
from magnet_sklearn.reports._model import model_report
from magnet_sklearn.reports._monitor import monitor

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

__all__ = [
    "Report",
    "external_validation",
    "model_report",
    "monitor",
    "patient_report",
    "scores_by_group",
]
