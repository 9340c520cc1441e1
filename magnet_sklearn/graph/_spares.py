"""One search for a patient graph and for those of parts of the patients."""

from typing import Any

import numpy as np

from magnet_sklearn.graph._builder import PatientGraphBuilder
from magnet_sklearn.graph._patient_graph import PatientGraph
from magnet_sklearn.graph._summary import graph_summary


def fit_with_spares(
    builder: PatientGraphBuilder, X: Any, y: Any, groups: Any, share_left_out: float
) -> PatientGraph:
    """Fit a builder; return its training graph with spare neighbours.

    These are so many that hardly any patient has fewer than `n_neighbors` left when a
    share of the patients, in [0, 1), is taken out at random (3 standard deviations).
    """
    wanted, kept = builder.n_neighbors, 1.0 - share_left_out
    n_found = np.ceil((wanted + 3.0 * np.sqrt(wanted * share_left_out)) / kept)
    builder.set_params(n_neighbors=int(n_found)).fit(X, y, groups)
    found = builder.training_graph_
    everybody = np.arange(len(found.neighbors))
    graph = found.part(everybody, np.arange(found.n_references), wanted)
    builder.set_params(n_neighbors=wanted).training_graph_ = graph
    builder.graph_summary_ |= graph_summary(graph.neighbors, builder.references_, y)
    return found
