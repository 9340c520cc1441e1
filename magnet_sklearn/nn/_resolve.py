"""From parameters of an estimator to a network."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from difflib import get_close_matches
from functools import partial
from math import prod

import torch
from torch import nn

from magnet_sklearn.graph import FeatureGraph
from magnet_sklearn.nn._attention import PatientModalityAttention
from magnet_sklearn.nn._cross_attention import CrossAttentionFusion, query_modality
from magnet_sklearn.nn._decoder import GraphDecoder
from magnet_sklearn.nn._dropout import Dropout, set_generator, swap_dropout
from magnet_sklearn.nn._embedding import CategoricalEncoder
from magnet_sklearn.nn._encoders import MLPEncoder
from magnet_sklearn.nn._feature_encoder import FeatureGraphEncoder
from magnet_sklearn.nn._fusion import ConcatFusion, MeanFusion
from magnet_sklearn.nn._initialize import build_initialized
from magnet_sklearn.nn._network import MagnetNetwork


def build_network(
    *,
    n_outputs: int,
    shapes: Mapping[str, tuple[int, ...]],
    category_sizes: Mapping[str, list[int]],
    encoders: Mapping[str, str | nn.Module] | None,
    fusion: str,
    decoder: str | None,
    hidden_dim: int,
    n_heads: int,
    n_layers: int,
    dropout: float,
    skip: bool,
    generator: torch.Generator,
    feature_graph: FeatureGraph | None = None,
) -> MagnetNetwork:
    """Build a network; torch's global random state is neither read nor changed.

    Parameters
    ----------
    n_outputs : int
        Number of outputs.
    shapes : dict of str to tuple of int
        Shape of one patient's values per modality; its order is the network's.
    category_sizes : dict of str to list of int
        Sizes of the one-hot groups at the end of a block; a modality without
        categorical columns may be left out.
    encoders : dict of str to {"mlp", "categorical"} or Module, or None
        Encoders of some modalities. Modules are deep-copied and keep their weights.
        Others get "categorical" if they have categorical columns, else "mlp".
    fusion : {"attention", "cross", "mean", "concat"}
        How modalities are fused.
    decoder : {"sage", "gat", "gcn", "gin"} or None
        Convolution on the patient graph; None leaves the graph out.
    hidden_dim : int
        Width of all embeddings.
    n_heads : int
        Number of attention heads.
    n_layers : int
        Number of convolutions.
    dropout : float
        Probability of a zero, in training only.
    skip : bool
        With a decoder: True gives skip connections and a second head, whose output
        adds to that of the first (two paths); False gives the published layers (one
        path).
    generator : torch.Generator
        CPU generator of the weights and, from then on, of dropout.
    feature_graph : FeatureGraph, default=None
        Fitted graph; its modalities are encoded together, without encoders of their
        own.

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
    """
    specs = _encoder_specs(encoders, shapes, category_sizes)
    build = partial(build_initialized, generator=generator)
    parts = {
        name: swap_dropout(deepcopy(spec))
        if isinstance(spec, nn.Module)
        else build(
            _encoder_maker(
                spec, shapes[name], category_sizes.get(name, []), hidden_dim, dropout
            )
        )
        for name, spec in specs.items()
        if feature_graph is None or name not in feature_graph.modalities_
    }
    head = partial(_make_head, hidden_dim, n_outputs, dropout)
    network = MagnetNetwork(
        parts,
        build(_fusion_maker(fusion, list(shapes), hidden_dim, n_heads, dropout)),
        build(head),
        feature_encoder=None
        if feature_graph is None
        else build(
            partial(FeatureGraphEncoder, feature_graph, hidden_dim, n_heads, dropout)
        ),
        modalities=list(shapes),
    )
    if decoder is not None:
        network.decoder = build(
            partial(GraphDecoder, decoder, hidden_dim, n_layers, dropout, skip)
        )
        network.graph_head = build(head) if skip else None
    set_generator(network, generator)
    return network


def _encoder_specs(
    encoders: Mapping[str, str | nn.Module] | None,
    shapes: Mapping[str, tuple[int, ...]],
    category_sizes: Mapping[str, list[int]],
) -> dict[str, str | nn.Module]:
    """Return one checked specification per modality, in the order of `shapes`."""
    for name, spec in (encoders or {}).items():
        if name not in shapes:
            close = get_close_matches(str(name), list(shapes), n=1)
            hint = f" Did you mean {close[0]!r}?" if close else ""
            raise ValueError(
                f"encoders names a modality {name!r} that the data do not have. "
                f"Modalities: {', '.join(repr(known) for known in shapes)}.{hint}"
            )
        if isinstance(spec, nn.Module) or spec in ("mlp", "categorical"):
            continue
        error = ValueError if isinstance(spec, str) else TypeError
        raise error(
            f"The encoder of modality {name!r} is {spec!r}. Pass 'mlp', "
            f"'categorical' or a torch.nn.Module instance."
        )
    default = {
        name: "categorical" if category_sizes.get(name) else "mlp" for name in shapes
    }
    return {**default, **(encoders or {})}


def _encoder_maker(
    spec: str,
    shape: tuple[int, ...],
    category_sizes: list[int],
    hidden_dim: int,
    dropout: float,
) -> Callable[[], nn.Module]:
    width = prod(shape)
    if spec == "mlp":
        return partial(MLPEncoder, width, hidden_dim, dropout)
    n_numeric = width - sum(category_sizes)
    return partial(
        CategoricalEncoder, n_numeric, category_sizes, hidden_dim, dropout=dropout
    )


def _fusion_maker(
    fusion: str, modalities: list[str], hidden_dim: int, n_heads: int, dropout: float
) -> Callable[[], nn.Module]:
    makers: dict[str, Callable[[], nn.Module]] = {
        "attention": partial(PatientModalityAttention, hidden_dim, n_heads),
        "cross": partial(
            CrossAttentionFusion,
            hidden_dim,
            n_heads,
            query=query_modality(modalities),
            dropout=dropout,
        ),
        "mean": partial(MeanFusion, hidden_dim),
        "concat": partial(ConcatFusion, len(modalities), hidden_dim),
    }
    if fusion not in makers:
        known = ", ".join(repr(known) for known in makers)
        raise ValueError(f"fusion is {fusion!r}. Choose one of {known}.")
    return makers[fusion]


def _make_head(hidden_dim: int, n_outputs: int, dropout: float) -> nn.Module:
    return nn.Sequential(
        nn.Linear(hidden_dim, hidden_dim),
        nn.ReLU(),
        Dropout(dropout),
        nn.Linear(hidden_dim, n_outputs),
    )
