"""A trained net as weights and a few facts, and the net that they make."""

from __future__ import annotations

from copy import deepcopy
from math import prod
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from magnet_sklearn._training._config import EnsembleConfig
from magnet_sklearn.nn import Architecture

if TYPE_CHECKING:
    from magnet_sklearn._training._net import MagnetNet

_DTYPES = {"float32": torch.float32, "float64": torch.float64}
_FLAGS = ("was_interrupted", "was_ended_by_callback")


def net_contents(net: MagnetNet) -> dict[str, Any]:
    """Return what makes a net, given the configuration of its ensemble.

    Parameters
    ----------
    net : MagnetNet
        Trained.

    Returns
    -------
    contents : dict
        Tensors, numbers and texts, for `restored_net`.
    """
    from magnet_sklearn._training._net_state import in_single_precision

    parts = in_single_precision(net)
    network, optimizer = parts["module_"], parts["optimizer_"].state_dict()
    return {
        "weights": dict(network.state_dict()),
        "criterion": dict(net.criterion_.state_dict()),
        "optimizer": {
            "state": optimizer["state"],
            "groups": optimizer["param_groups"],
        },
        "history": list(net.history_),
        "generator": net.iterator_train__generator,
        "dtype": str(next(net.module_.parameters()).dtype).removeprefix("torch."),
        **{name: bool(getattr(net, name, False)) for name in _FLAGS},
    }


def restored_net(config: EnsembleConfig, contents: dict[str, Any]) -> MagnetNet:
    """Return the net that was trained.

    Parameters
    ----------
    config : EnsembleConfig
        What all members share.
    contents : dict
        From `net_contents`.

    Raises
    ------
    ValueError
        If the weights are not those of the architecture.
    """
    from magnet_sklearn._training._member import make_network
    from magnet_sklearn._training._net import make_net

    weights = contents["weights"]
    _check_sizes(config.architecture, weights)
    net = make_net(
        make_network(config, 0),
        deepcopy(config.loss),
        config.optimisation,
        device=torch.device("cpu"),
        generator=contents["generator"],
        progress=None,
    )
    optimizer = contents["optimizer"]
    # first, as its moments take the precision that the weights have then
    net.optimizer_.load_state_dict(
        {"state": optimizer["state"], "param_groups": optimizer["groups"]}
    )
    net.module_.to(_DTYPES[contents["dtype"]]).eval()
    net.module_.load_state_dict(weights)
    net.criterion_.load_state_dict(contents["criterion"])
    net.history_.extend(contents["history"])
    net.set_params(train_split=None)
    for name in _FLAGS:
        setattr(net, name, contents[name])
    return net


def _check_sizes(architecture: Architecture, weights: dict[str, Tensor]) -> None:
    """Refuse sizes beyond the weights, before memory is taken for such a network."""
    n_weights = sum(weight.numel() for weight in weights.values())
    width, graph = architecture.hidden_dim, architecture.feature_graph
    sizes = [
        prod(shape) * width
        for name, shape in architecture.shapes.items()
        if graph is None and isinstance(architecture.encoders.get(name, ""), str)
        if not architecture.category_sizes.get(name)
    ]
    sizes += [8 * sum(known) for known in architecture.category_sizes.values()]
    sizes += [architecture.n_outputs * width, width * width, architecture.n_heads]
    if architecture.decoder is not None:
        sizes.append(width * width * architecture.n_layers)
    if graph is not None:
        sizes.append(graph.embedding_dim * (len(graph.nodes_) + graph.n_layers))
    if any(size > 8 * n_weights for size in sizes):
        raise ValueError(
            f"A network of width {width} for blocks of shapes "
            f"{dict(architecture.shapes)} has more than the {n_weights} weights."
        )
