"""From an architecture to a network."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from difflib import get_close_matches
from functools import partial

import torch
from torch import nn

from magnet_sklearn._utils import choose, listed
from magnet_sklearn.nn._architecture import Architecture
from magnet_sklearn.nn._decoder import GraphDecoder
from magnet_sklearn.nn._dropout import Dropout, set_generator, swap_dropout
from magnet_sklearn.nn._feature_encoder import FeatureGraphEncoder
from magnet_sklearn.nn._initialize import build_initialized
from magnet_sklearn.nn._network import MagnetNetwork
from magnet_sklearn.nn.encoders import ENCODERS
from magnet_sklearn.nn.fusion import FUSIONS


def build_network(
    architecture: Architecture, generator: torch.Generator
) -> MagnetNetwork:
    """Build a network; torch's global random state is neither read nor changed.

    Parameters
    ----------
    architecture : Architecture
        What it is made of. Modules among the encoders are deep-copied and keep their
        weights.
    generator : torch.Generator
        CPU generator of the weights and, from then on, of dropout.

    Returns
    -------
    network : MagnetNetwork
        Network on the CPU, in float32 and in training mode.

    Raises
    ------
    ValueError
        If `encoders` names an unknown modality or encoder, or `fusion` or `decoder`
        is unknown.
    TypeError
        If an encoder is neither a name nor a module.

    Examples
    --------
    >>> import torch
    >>> from magnet_sklearn.nn import Architecture, build_network
    >>> architecture = Architecture(n_outputs=2, shapes={"rna": (20,), "age": (1,)})
    >>> network = build_network(architecture, torch.Generator().manual_seed(0))
    >>> network.modalities
    ['rna', 'age']
    """
    build = partial(build_initialized, generator=generator)
    # the order in which weights are drawn
    encoders = _build_encoders(architecture, build)
    make_fusion = choose(FUSIONS, "fusion", architecture.fusion)
    fusion = build(partial(make_fusion, architecture))
    head = build(partial(_make_head, architecture))
    network = MagnetNetwork(
        encoders,
        fusion,
        head,
        feature_encoder=_build_feature_encoder(architecture, build),
        modalities=list(architecture.shapes),
    )
    if architecture.decoder is not None:
        network.decoder = build(partial(_make_decoder, architecture))
        if architecture.skip_connection:
            network.graph_head = build(partial(_make_head, architecture))
    set_generator(network, generator)
    return network


def _build_encoders(
    architecture: Architecture, build: Callable[..., nn.Module]
) -> dict[str, nn.Module]:
    """One encoder per modality without nodes in the feature graph, in their order."""
    _check_encoders(architecture.encoders, architecture.shapes)
    graph = architecture.feature_graph
    together = () if graph is None else graph.modalities_
    encoders: dict[str, nn.Module] = {}
    for name in architecture.shapes:
        default = "categorical" if architecture.category_sizes.get(name) else "mlp"
        spec = architecture.encoders.get(name, default)
        if name in together:
            continue
        if isinstance(spec, nn.Module):
            encoders[name] = swap_dropout(deepcopy(spec))
        else:
            encoders[name] = build(partial(ENCODERS[spec], name, architecture))
    return encoders


def _check_encoders(
    encoders: Mapping[str, str | nn.Module], shapes: Mapping[str, tuple[int, ...]]
) -> None:
    """Name the modality whose encoder cannot be built."""
    for name, spec in encoders.items():
        if name not in shapes:
            close = get_close_matches(str(name), list(shapes), n=1)
            hint = f" Did you mean {close[0]!r}?" if close else ""
            raise ValueError(
                f"encoders names a modality {name!r} that the data do not have. "
                f"Modalities: {listed(shapes)}.{hint}"
            )
        is_name = isinstance(spec, str)
        if not (isinstance(spec, nn.Module) or (is_name and spec in ENCODERS)):
            raise (ValueError if is_name else TypeError)(
                f"The encoder of modality {name!r} is {spec!r}. Pass "
                f"{listed(ENCODERS)} or a torch.nn.Module instance."
            )


def _build_feature_encoder(
    architecture: Architecture, build: Callable[..., FeatureGraphEncoder]
) -> FeatureGraphEncoder | None:
    if architecture.feature_graph is None:
        return None
    return build(
        partial(
            FeatureGraphEncoder,
            architecture.feature_graph,
            architecture.hidden_dim,
            architecture.n_heads,
            architecture.dropout,
        )
    )


def _make_decoder(architecture: Architecture) -> GraphDecoder:
    return GraphDecoder(
        str(architecture.decoder),
        architecture.hidden_dim,
        architecture.n_layers,
        architecture.dropout,
        architecture.skip_connection,
    )


def _make_head(architecture: Architecture) -> nn.Module:
    return nn.Sequential(
        nn.Linear(architecture.hidden_dim, architecture.hidden_dim),
        nn.ReLU(),
        Dropout(architecture.dropout),
        nn.Linear(architecture.hidden_dim, architecture.n_outputs),
    )
