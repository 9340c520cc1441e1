"""The networks of an ensemble as one module without data-dependent shapes."""

from collections.abc import Sequence
from copy import deepcopy

import torch
from torch import Tensor, nn

from magnet_sklearn._training import NetworkEnsemble
from magnet_sklearn.io._traceable_features import TraceableFeatureEncoder
from magnet_sklearn.nn import GraphDecoder, MagnetNetwork


class TraceableMember(nn.Module):
    """One member: its branches times their gates.

    Parameters
    ----------
    network : MagnetNetwork
        Trained network; copied, in single precision.
    states : list of Tensors of shape (n_references, hidden_dim)
        Input of each convolution for the reference patients; empty where the patient
        graph is left out.
    gates : ndarray of shape (n_branches, n_outputs)
        Weight of each branch.
    """

    def __init__(self, network: MagnetNetwork, states, gates) -> None:
        super().__init__()
        self.network = deepcopy(network).float().eval()
        self.network.contrast = None
        self.feature_encoder = None
        if self.network.feature_encoder is not None:
            self.feature_encoder = TraceableFeatureEncoder(self.network.feature_encoder)
        self.n_layers = len(states)
        for layer, state in enumerate(states):
            self.register_buffer(f"state_{layer}", state.float())
        self.gates: Tensor
        self.register_buffer("gates", torch.tensor(gates, dtype=torch.float32))

    def forward(
        self,
        blocks: Sequence[Tensor],
        mask: Tensor,
        neighbors: Tensor | None,
        similarity: Tensor | None,
    ) -> Tensor:
        """Compute gated outputs of shape (n_patients, n_outputs)."""
        network = self.network
        fused, _ = network.fusion(self._encode(blocks, mask), mask)
        if network.decoder is None or neighbors is None or similarity is None:
            return self.gates[0] * network.head(fused)
        decoded = self._decode(network.decoder, fused, neighbors, similarity)
        if network.graph_head is None:
            return self.gates[0] * network.head(decoded)
        branches = network.head(fused), network.graph_head(decoded)
        return self.gates[0] * branches[0] + self.gates[1] * branches[1]

    def _encode(self, blocks: Sequence[Tensor], mask: Tensor) -> Tensor:
        """Encode all rows; those of missing modalities are left out by the fusion."""
        named = dict(zip(self.network.modalities, blocks, strict=True))
        encoded = {
            name: encoder(named[name].masked_fill(named[name].isnan(), 0.0))
            for name, encoder in zip(
                self.network.encoded_alone, self.network.encoders, strict=True
            )
        }
        if self.feature_encoder is not None:
            together = self.network.encoded_together
            columns = [self.network.modalities.index(name) for name in together]
            encoded |= self.feature_encoder(named, mask[:, columns])
        return torch.stack([encoded[name] for name in named], dim=1)

    def _decode(
        self, decoder: GraphDecoder, x: Tensor, neighbors: Tensor, similarity: Tensor
    ) -> Tensor:
        """Convolve; neighbours that are not there send to a patient too many."""
        n_patients, n_neighbors = neighbors.shape
        patients = torch.arange(n_patients, device=x.device).unsqueeze(1)
        targets = torch.where(neighbors >= 0, patients, n_patients)
        sources = neighbors.clamp(min=0)
        edges = torch.stack([sources.flatten(), targets.flatten()])
        x = torch.cat([x, x.new_zeros(1, x.shape[1])])
        for layer in range(self.n_layers):
            known = self.get_buffer(f"state_{layer}")
            x = decoder.convolve(layer, x, known, edges, similarity.flatten())
        return x[:-1]


class TraceableEnsemble(nn.Module):
    """Mean of the members; 0 for a patient without any modality.

    Parameters
    ----------
    ensemble : NetworkEnsemble
        Fitted networks.
    """

    def __init__(self, ensemble: NetworkEnsemble) -> None:
        super().__init__()
        gates = ensemble.output_gates / len(ensemble.nets_)
        has_graph = ensemble.inference_graph is not None
        self.members = nn.ModuleList(
            TraceableMember(
                net.module_,
                [state[i] for state in ensemble.reference_states_] if has_graph else [],
                gates,
            )
            for i, net in enumerate(ensemble.nets_)
        )

    def forward(
        self,
        blocks: Sequence[Tensor],
        mask: Tensor,
        neighbors: Tensor | None = None,
        similarity: Tensor | None = None,
    ) -> Tensor:
        """Compute outputs of shape (n_patients, n_outputs).

        Parameters
        ----------
        blocks : sequence of Tensors of shape (n_patients, ...)
            One per modality, NaN where a value is missing.
        mask : bool Tensor of shape (n_patients, n_modalities)
            True = observed.
        neighbors : int64 Tensor of shape (n_patients, n_neighbors), default=None
            Rows of the training patients; -1 = none.
        similarity : Tensor of shape (n_patients, n_neighbors), default=None
            Weights of these edges.
        """
        outputs = [
            member(blocks, mask, neighbors, similarity) for member in self.members
        ]
        total = torch.stack(outputs).sum(dim=0)
        return total.masked_fill(~mask.any(dim=1, keepdim=True), 0.0)
