"""What a network takes over from one that was trained on another cohort."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from torch import Tensor, nn

from magnet_sklearn.nn._network import MagnetNetwork
from magnet_sklearn.nn.encoders._categorical import CategoricalEncoder
from magnet_sklearn.nn.encoders._mlp import MLPEncoder
from magnet_sklearn.nn.fusion import copy_weights

# From numbers per column that a trained encoder sees to those per column seen now.
MovesColumns = Callable[[Tensor], Tensor]


@torch.no_grad()
def transfer_encoders(
    network: MagnetNetwork, trained: MagnetNetwork, columns: Mapping[str, MovesColumns]
) -> list[str]:
    """Give a network the encoders and the fusion of one of another cohort.

    Parameters
    ----------
    network : MagnetNetwork
        Untrained, on the CPU; changed in place.
    trained : MagnetNetwork
        Stays as it is.
    columns : dict of str to callable
        For each modality whose encoder is to be taken over: from numbers per column
        that the trained encoder sees, of shape (n, n_columns_there), to those per
        column that the new one sees, of shape (n, n_columns_here). Columns that the
        trained one did not see get 0.

    Returns
    -------
    taken : list of str
        Modalities whose encoder was taken over, and "fusion". What is of another kind
        or shape is not.
    """
    taken = []
    known = dict(zip(trained.encoded_alone, trained.encoders, strict=True))
    for name, own in zip(network.encoded_alone, network.encoders, strict=True):
        is_known = name in columns and name in known
        if is_known and _adopt(own, known[name], columns[name]):
            taken.append(name)
    together, given = network.feature_encoder, trained.feature_encoder
    if together is not None and given is not None:
        is_known = set(network.encoded_together) <= set(columns)
        if is_known and copy_weights(given, together):
            taken += network.encoded_together
    places = {name: place for place, name in enumerate(trained.modalities)}
    known_places = [places.get(name) for name in network.modalities]
    if taken and network.fusion._adopt(trained.fusion, known_places):
        taken.append("fusion")
    return taken


def _adopt(own: nn.Module, trained: nn.Module, move: MovesColumns) -> bool:
    """Take over an encoder; whether that was possible."""
    if isinstance(own, MLPEncoder) and isinstance(trained, MLPEncoder):
        own.adopt(trained, move)
        return True
    if isinstance(own, CategoricalEncoder) and isinstance(trained, CategoricalEncoder):
        own.adopt(trained, move)
        return True
    return type(own) is type(trained) and copy_weights(trained, own)
