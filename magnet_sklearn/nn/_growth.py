"""What a network takes over from a trained one."""

from copy import deepcopy

import torch

from magnet_sklearn.nn._network import MagnetNetwork


@torch.no_grad()
def widen_network(network: MagnetNetwork, wider: MagnetNetwork) -> MagnetNetwork:
    """Give a copy of `network` what `wider` has for further modalities.

    Parameters
    ----------
    network : MagnetNetwork
        Trained network; stays as it is.
    wider : MagnetNetwork
        Untrained network whose modalities are those of `network` and more, in this
        order. Its encoders of the new modalities move into the result, and so does a
        decoder where `network` has none.

    Returns
    -------
    widened : MagnetNetwork
        The weights of `network`, those of the new modalities from `wider`.

    Raises
    ------
    ValueError
        If the two differ in their width or in their kind of fusion.
    """
    _check_same_kind(network, wider)
    widened = deepcopy(network).float()
    widened.modalities = wider.modalities
    widened.encoded_alone = wider.encoded_alone
    widened.encoders.extend(wider.encoders[len(network.encoders) :])
    widened.fusion = wider.fusion._widened_from(widened.fusion)
    if widened.decoder is None:
        widened.decoder, widened.graph_head = wider.decoder, wider.graph_head
    return widened


def adopt_encoders(network: MagnetNetwork, trained: MagnetNetwork) -> None:
    """Replace encoders and fusion by copies of those of a trained network.

    Parameters
    ----------
    network : MagnetNetwork
        Changed in place.
    trained : MagnetNetwork
        Has the same modalities; stays as it is.

    Raises
    ------
    ValueError
        If the two differ in their width or in their kind of fusion.
    """
    _check_same_kind(trained, network)
    for name in ("encoders", "feature_encoder", "fusion"):
        setattr(network, name, deepcopy(getattr(trained, name)))


def _check_same_kind(network: MagnetNetwork, wider: MagnetNetwork) -> None:
    for name, known, now in (
        ("hidden_dim", network.hidden_dim, wider.hidden_dim),
        ("fusion", type(network.fusion).__name__, type(wider.fusion).__name__),
    ):
        if known != now:
            raise ValueError(
                f"{name} is {now}, but the networks were trained with {known}. Set it "
                "back with set_params, or fit anew."
            )
