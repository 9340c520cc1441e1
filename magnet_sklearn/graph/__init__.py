"""Patient graphs: who resembles whom."""

from magnet_sklearn.graph._patient_graph import PatientGraph, PatientGraphBuilder
from magnet_sklearn.graph._published import published_patient_graph
from magnet_sklearn.graph._similarity import masked_cosine_similarity

__all__ = [
    "PatientGraph",
    "PatientGraphBuilder",
    "masked_cosine_similarity",
    "published_patient_graph",
]
