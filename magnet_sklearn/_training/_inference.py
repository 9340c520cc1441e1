"""Inference: all members of an ensemble side by side, reference states cached."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from threading import Lock

import numpy as np
import torch
from sklearn.utils import gen_batches
from torch import Tensor
from torch.func import functional_call, stack_module_state, vmap

from magnet_sklearn._training._batch import PatientBatch
from magnet_sklearn._training._patients import PatientTable
from magnet_sklearn._training._reference_states import layer_states
from magnet_sklearn.data import MultiModalData
from magnet_sklearn.graph import PatientGraph, PatientGraphBuilder
from magnet_sklearn.nn import MagnetNetwork, NetworkOutput

# Larger batches are faster member by member: what they pass through stays in the
# processor's cache.
_FEW = 64

# logits, embedding, attention and feature attention
MemberOutputs = tuple[Tensor, ...]
_Named = dict[str, Tensor]


@dataclass(frozen=True)
class EnsembleOutput:
    """What the networks predict for some patients.

    Parameters
    ----------
    branches : ndarray of shape (n_patients, n_branches, n_outputs)
        Output of each branch times its gate, mean over the members.
    embedding : ndarray of shape (n_patients, n_members * hidden_dim)
        Fused embeddings of all members side by side.
    attention : ndarray of shape (n_patients, n_modalities)
        Weight of each modality, mean over members and heads.
    feature_attention : ndarray of shape (n_patients, n_nodes)
        Weight of each feature of the feature graph, mean over members and heads.
    """

    branches: np.ndarray
    embedding: np.ndarray
    attention: np.ndarray
    feature_attention: np.ndarray

    @property
    def outputs(self) -> np.ndarray:
        """Sum of the branches, of shape (n_patients, n_outputs)."""
        return self.branches.sum(axis=1)


class EnsembleInference:
    """Trained networks of one architecture on a device.

    Parameters
    ----------
    networks : sequence of MagnetNetwork
        Members, in double precision.
    states : sequence of Tensors of shape (n_members, n_references, hidden_dim)
        States of the reference patients, one tensor per layer; empty without a graph.
    device : torch.device
        Where to compute.
    together : bool
        Whether one pass computes all members: a patient then costs the overhead of one
        network. Operations on feature graphs, and those in encoders by users, cannot be
        batched in this way.
    """

    def __init__(
        self,
        networks: Sequence[MagnetNetwork],
        states: Sequence[Tensor],
        device: torch.device,
        *,
        together: bool,
    ) -> None:
        kept = networks[:1] if together else networks
        self.device = device
        self.networks = [deepcopy(network).to(device).eval() for network in kept]
        self.states = [state.to(device) for state in states]
        # a functional call puts weights into its module for as long as it takes
        self.lock = Lock()
        self.stacked: tuple[_Named, _Named] | None = None
        if together:
            weights, buffers = stack_module_state(list(networks))
            self.stacked = _moved(weights, device), _moved(buffers, device)

    @torch.no_grad()
    def __call__(self, batch: PatientBatch) -> MemberOutputs:
        """Compute all members.

        Parameters
        ----------
        batch : PatientBatch
            Some patients, on the device of the networks.

        Returns
        -------
        outputs : 4 Tensors of shape (n_members, n_patients, ...)
            Logits, embeddings, attention and feature attention.
        """
        return self.differentiable(batch)

    def differentiable(self, batch: PatientBatch) -> MemberOutputs:
        """Compute all members so that gradients reach the blocks of the batch."""
        inputs = batch.blocks, batch.mask, batch.edge_index, batch.edge_weight
        if self.stacked is None:
            outputs = [
                _kept(network(*inputs, [state[i] for state in self.states] or None))
                for i, network in enumerate(self.networks)
            ]
            return tuple(map(torch.stack, zip(*outputs, strict=True)))

        def forward(weights, buffers, states):
            arguments = (*inputs, states or None)
            network = self.networks[0]
            return _kept(
                functional_call(
                    network, (weights, buffers), arguments, tie_weights=False
                )
            )

        chunk = None if len(batch) <= _FEW else 1
        with self.lock:
            return vmap(forward, chunk_size=chunk)(*self.stacked, self.states)


def ensemble_states(
    networks: Sequence[MagnetNetwork],
    X: MultiModalData,
    builder: PatientGraphBuilder,
    batch_size: int,
) -> list[Tensor]:
    """Compute the input of each convolution of all members for the references.

    Parameters
    ----------
    networks : sequence of MagnetNetwork
        Trained networks, in double precision on the CPU.
    X : MultiModalData of shape (n_patients, n_modalities)
        Preprocessed training patients.
    builder : PatientGraphBuilder
        Fitted on them.
    batch_size : int
        Patients at a time.

    Returns
    -------
    states : list of n_layers Tensors of shape (n_members, n_references, hidden_dim)
        As in `NetworkOutput`; empty without decoder.
    """
    graph, kept = builder.training_graph_, torch.from_numpy(builder.references_)
    states = [reference_states(network, X, graph, batch_size) for network in networks]
    return [
        torch.stack([state[kept] for state in layer])
        for layer in zip(*states, strict=True)
    ]


@torch.no_grad()
def reference_states(
    network: MagnetNetwork, X: MultiModalData, graph: PatientGraph, batch_size: int
) -> list[Tensor]:
    """Compute the input of each convolution for all training patients.

    Layer by layer and in batches, so that memory holds one state per layer and patient.

    Parameters
    ----------
    network : MagnetNetwork
        Trained network, in double precision on the CPU.
    X : MultiModalData of shape (n_patients, n_modalities)
        Preprocessed training patients.
    graph : PatientGraph
        Edges among them.
    batch_size : int
        Patients at a time.

    Returns
    -------
    states : list of n_layers Tensors of shape (n_patients, hidden_dim)
        As in `NetworkOutput`; empty without decoder.
    """
    batches = (
        PatientTable.from_data(X[rows], dtype=torch.float64).everybody()
        for rows in gen_batches(len(X), batch_size)
    )
    neighbors = torch.from_numpy(graph.neighbors)
    return layer_states(network, batches, neighbors, torch.from_numpy(graph.similarity))


def _kept(output: NetworkOutput) -> MemberOutputs:
    return (
        output.logits,
        output.embedding,
        output.attention,
        output.feature_attention,
    )


def _moved(tensors: _Named, device: torch.device) -> _Named:
    return {name: tensor.detach().to(device) for name, tensor in tensors.items()}
