"""OMOP common data model: patients from its tables."""

from magnet_sklearn.io.omop._omop_cohort import OMOPCohort
from magnet_sklearn.io.omop._read_omop import read_omop

__all__ = ["OMOPCohort", "read_omop"]
