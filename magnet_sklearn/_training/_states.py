"""Hidden states of reference patients, so that a query needs its neighbours only."""

from __future__ import annotations

import torch
from sklearn.utils import gen_batches
from torch import Tensor

from magnet_sklearn._training._patients import PatientTable
from magnet_sklearn.data import MultiModalData
from magnet_sklearn.graph import PatientGraph
from magnet_sklearn.nn import MagnetNetwork


@torch.no_grad()
def reference_states(
    network: MagnetNetwork, X: MultiModalData, graph: PatientGraph, batch_size: int
) -> list[Tensor]:
    """Compute the input of each convolution for all reference patients.

    Layer by layer and in batches, so that memory holds one state a layer and patient.

    Parameters
    ----------
    network : MagnetNetwork
        Trained network, in double precision on the CPU.
    X : MultiModalData of shape (n_patients, n_modalities)
        Preprocessed reference patients.
    graph : PatientGraph
        Edges among them.
    batch_size : int
        Patients at a time.

    Returns
    -------
    states : list of n_layers Tensors of shape (n_patients, hidden_dim)
        As in `NetworkOutput`; empty without decoder.
    """
    decoder = network.decoder
    if decoder is None:
        return []
    batches = list(gen_batches(len(X), batch_size))
    parts = []
    for rows in batches:
        table = PatientTable.from_data(X[rows], dtype=torch.float64)
        encoded, _ = network.encode(table.blocks, table.mask)
        parts.append(network.fusion(encoded, table.mask)[0])
    states = [torch.cat(parts)]
    neighbors = torch.from_numpy(graph.neighbors)
    similarity = torch.from_numpy(graph.similarity)
    for layer in range(len(decoder.convs) - 1):
        known, parts = states[-1], []
        for rows in batches:
            targets, ranks = (neighbors[rows] >= 0).nonzero(as_tuple=True)
            edges = torch.stack([neighbors[rows][targets, ranks], targets])
            weight = similarity[rows][targets, ranks]
            parts.append(decoder.convolve(layer, known[rows], known, edges, weight))
        states.append(torch.cat(parts))
    return states
