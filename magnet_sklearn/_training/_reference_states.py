"""States of the reference patients that batches of other patients look up."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from sklearn.utils import gen_batches
from torch import Tensor

from magnet_sklearn._training._batch import PatientBatch
from magnet_sklearn._training._patients import PatientTable, edges_of
from magnet_sklearn.nn import MagnetNetwork


class ReferenceStates:
    """Input of each convolution for the references of a network in training.

    Computed once per epoch, without dropout: for validation, and for the mini-batches
    of the next epoch, where gradients do not reach them. Encoding the neighbours of
    each mini-batch anew takes four times as long as encoding its patients. The states
    are older than the weights by an epoch at most (historical embeddings [1]_).

    Parameters
    ----------
    table : PatientTable
        The references.
    batch_size : int
        Patients at a time.
    device : torch.device
        Of the network.

    Attributes
    ----------
    states : list of n_layers Tensors of shape (n_references, hidden_dim)
        As in `NetworkOutput`, without gradients.
    is_current : bool
        Whether the network has not learned since.

    References
    ----------
    .. [1] M. Fey, J. E. Lenssen, F. Weichert, J. Leskovec: GNNAutoScale: scalable and
       expressive graph neural networks via historical embeddings. ICML 2021.
    """

    def __init__(
        self, table: PatientTable, batch_size: int, device: torch.device
    ) -> None:
        self.table = table
        self.batch_size = batch_size
        self.device = device
        self.states: list[Tensor] = []
        self.is_current = False

    def update(self, network: MagnetNetwork) -> None:
        """Compute the states with the present weights; leaves evaluation mode on."""
        network.eval()
        with torch.no_grad():
            self.states = self._compute(network)
        self.is_current = True

    def of(self, network: MagnetNetwork) -> list[Tensor]:
        """Return the states; of few references in training, anew and with gradients.

        Several processes then learn from shares of one batch what one process does.
        """
        is_few = len(self.table) <= self.batch_size
        return self._compute(network) if network.training and is_few else self.states

    def _compute(self, network: MagnetNetwork) -> list[Tensor]:
        batches = (
            PatientBatch(
                {name: block[rows] for name, block in self.table.blocks.items()},
                self.table.mask[rows],
                None,
                None,
            ).to(self.device)
            for rows in gen_batches(len(self.table), self.batch_size)
        )
        neighbors, similarity = self.table.neighbors, self.table.similarity
        assert neighbors is not None
        assert similarity is not None
        return layer_states(
            network, batches, neighbors.to(self.device), similarity.to(self.device)
        )


def layer_states(
    network: MagnetNetwork,
    batches: Iterable[PatientBatch],
    neighbors: Tensor,
    similarity: Tensor,
) -> list[Tensor]:
    """Compute the input of each convolution, layer by layer and in batches.

    Parameters
    ----------
    network : MagnetNetwork
        Its mode decides on dropout.
    batches : iterable of PatientBatch
        All patients in order, without edges.
    neighbors : int64 Tensor of shape (n_patients, n_neighbors)
        Rows of the patients' references among them, -1 = none.
    similarity : Tensor of shape (n_patients, n_neighbors)
        Weights of these edges.

    Returns
    -------
    states : list of n_layers Tensors of shape (n_patients, hidden_dim)
        As in `NetworkOutput`; empty without decoder.
    """
    decoder = network.decoder
    if decoder is None:
        return []
    fused = []
    for batch in batches:
        encoded, _ = network.encode(batch.blocks, batch.mask)
        fused.append(network.fusion(encoded, batch.mask)[0])
    states, sizes = [torch.cat(fused)], [len(part) for part in fused]
    for layer in range(len(decoder.convs) - 1):
        parts = (table.split(sizes) for table in (states[-1], neighbors, similarity))
        convolved = [
            decoder.convolve(layer, own, states[-1], *edges_of(sources, weights))
            for own, sources, weights in zip(*parts, strict=True)
        ]
        states.append(torch.cat(convolved))
    return states
