"""All members of an ensemble, asked as one."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from threading import Lock

import torch
from torch import Tensor
from torch.func import functional_call, stack_module_state, vmap

from magnet_sklearn._training._batch import PatientBatch
from magnet_sklearn.nn import MagnetNetwork, NetworkOutput

# More patients are faster asked member by member: what they pass through stays in the
# processor's cache.
_FEW = 64

# logits, embedding, attention and feature attention
Answers = tuple[Tensor, ...]
_Named = dict[str, Tensor]


class AskedMembers:
    """Trained networks of one architecture, which answer side by side.

    Parameters
    ----------
    networks : sequence of MagnetNetwork
        Members, in double precision.
    states : sequence of Tensors of shape (n_members, n_references, hidden_dim)
        States of the reference patients, one tensor a layer; empty without a graph.
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
        self.networks = [deepcopy(network).to(device).eval() for network in kept]
        self.states = [state.to(device) for state in states]
        # a functional call puts weights into its module for as long as it takes
        self.lock = Lock()
        self.stacked: tuple[_Named, _Named] | None = None
        if together:
            weights, buffers = stack_module_state(list(networks))
            self.stacked = _moved(weights, device), _moved(buffers, device)

    @torch.no_grad()
    def __call__(self, batch: PatientBatch) -> Answers:
        """Ask all members.

        Parameters
        ----------
        batch : PatientBatch
            Some patients, on the device of the networks.

        Returns
        -------
        answers : 4 Tensors of shape (n_members, n_patients, ...)
            Logits, embeddings, attention and feature attention.
        """
        inputs = batch.blocks, batch.mask, batch.edge_index, batch.edge_weight
        if self.stacked is None:
            answers = [
                _parts(network(*inputs, [state[i] for state in self.states] or None))
                for i, network in enumerate(self.networks)
            ]
            return tuple(map(torch.stack, zip(*answers, strict=True)))

        def ask(weights, buffers, states):
            arguments = (*inputs, states or None)
            network = self.networks[0]
            return _parts(
                functional_call(
                    network, (weights, buffers), arguments, tie_weights=False
                )
            )

        chunk = None if len(batch) <= _FEW else 1
        with self.lock:
            return vmap(ask, chunk_size=chunk)(*self.stacked, self.states)


def _parts(output: NetworkOutput) -> Answers:
    return (
        output.logits,
        output.embedding,
        output.attention,
        output.feature_attention,
    )


def _moved(tensors: _Named, device: torch.device) -> _Named:
    return {name: tensor.detach().to(device) for name, tensor in tensors.items()}
