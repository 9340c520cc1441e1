"""Patient graphs and feature graphs."""

# Not in `__all__`: what the packages above this one use, private to the project.
from magnet_sklearn.graph._builder import PatientGraphBuilder
from magnet_sklearn.graph._edge_tables import (
    gmt_sets,  # not in `__all__`: private to the project
    read_gmt_edges,
    read_mapping_edges,
    read_string_edges,
)
from magnet_sklearn.graph._feature_graph import FeatureGraph
from magnet_sklearn.graph._patient_graph import PatientGraph
from magnet_sklearn.graph._projection import grid_bits
from magnet_sklearn.graph._published import published_patient_graph
from magnet_sklearn.graph._similarity import masked_cosine_similarity
from magnet_sklearn.graph._spares import fit_with_spares  # private to the project

__all__ = [
    "FeatureGraph",
    "PatientGraph",
    "PatientGraphBuilder",
    "masked_cosine_similarity",
    "published_patient_graph",
    "read_gmt_edges",
    "read_mapping_edges",
    "read_string_edges",
]
