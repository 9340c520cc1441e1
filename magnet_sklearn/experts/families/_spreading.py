"""Label spreading over labelled and unlabelled patients."""

import numpy as np
import pandas as pd
from scipy import sparse

from magnet_sklearn.data import MultiModalData, stacked
from magnet_sklearn.experts._spreading import SpreadingExpert, influences, spread
from magnet_sklearn.experts._views import View
from magnet_sklearn.experts.families._family import Features, TunedFamily
from magnet_sklearn.graph import PatientGraphBuilder


class SpreadingFamily(TunedFamily):
    """Label spreading over the graph of the most similar patients, for classes.

    Patients without a label are nodes, too. The evidence of a training patient is that
    of a new one in its place: its own label is left out exactly.

    Parameters
    ----------
    n_neighbors : int, default=10
        Neighbours of each patient, by masked cosine similarity.
    alpha : float, default=0.9
        Share that comes from the neighbours, in (0, 1).
    """

    name = "spreading"
    in_auto_with_unlabelled = ("classes",)

    def __init__(self, n_neighbors=10, alpha=0.9):
        self.n_neighbors = n_neighbors
        self.alpha = alpha

    def expert(self, kind, random_state):
        return SpreadingExpert() if kind == "classes" else None

    def features(self, view, random_state):
        return Spread(view, self.n_neighbors, self.alpha)

    def has_out_of_bag(self, kind):
        return True


class Spread(Features):
    """Scores that labels give a patient through its neighbours.

    A patient outside of the graph has the scores of its neighbours, weighted as a
    node's are (O. Delalleau, Y. Bengio, N. Le Roux, AISTATS 2005).
    """

    are_columns = False

    def __init__(self, view, n_neighbors, alpha):
        self.alpha = alpha
        nodes = _patients(view)
        others = view.views.unlabelled
        if others is not None:
            nodes = stacked(nodes, _patients(View(others, view.modalities)))
        self.builder = PatientGraphBuilder(n_neighbors).fit(nodes)
        directed = _weights(self.builder.training_graph_)
        weight = directed.maximum(directed.T)
        degree = weight.sum(axis=1)
        self.scale = 1.0 / np.sqrt(np.where(degree > 0, degree, 1.0))
        scale = sparse.diags_array(self.scale)
        self._graph = (scale @ weight @ scale).tocsr()
        self._readout = (directed @ scale).tocsr()

    def of_training(self, view):
        readout = self._readout[: len(view)]
        return influences(self._graph, readout, len(view), self.alpha)

    def finish(self, expert, view):
        labels = np.zeros((self._graph.shape[0], expert.coef_.shape[1]))
        labels[: len(view)] = expert.coef_
        self.scores = spread(self._graph, labels, self.alpha) * self.scale[:, None]
        expert.coef_ = np.eye(labels.shape[1])
        del self._graph, self._readout

    def transform(self, view):
        return _weights(self.builder.connect(_patients(view))) @ self.scores


def _patients(view):
    """Return the patients who have a view, as the graph takes them."""
    views, seen = view.views, view.seen
    blocks = {str(m): views.blocks[m][seen] for m in view.modalities}
    return MultiModalData._from_checked(blocks, pd.RangeIndex(len(view)))


def _weights(graph):
    """Similarities to the neighbours as a sparse array."""
    queries, ranks = np.nonzero(graph.neighbors >= 0)
    places = queries, graph.neighbors[queries, ranks]
    shape = len(graph.neighbors), graph.n_references
    return sparse.csr_array((graph.similarity[queries, ranks], places), shape=shape)
