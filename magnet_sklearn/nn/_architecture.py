"""What a network is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from torch import nn

if TYPE_CHECKING:
    from magnet_sklearn.graph import FeatureGraph


@dataclass(frozen=True, kw_only=True, eq=False)
class Architecture:
    """Size and kind of all layers of a network.

    Parameters
    ----------
    n_outputs : int
        Number of outputs.
    shapes : dict of str to tuple of int
        Shape of one patient's values per modality; its order is the network's.
    category_sizes : dict of str to list of int, default={}
        Sizes of the one-hot groups at the end of a block; a modality without
        categorical columns may be left out.
    encoders : dict of str to str or Module, default={}
        Encoders of some modalities: modules, or names, see `ENCODERS` in
        :mod:`magnet_sklearn.nn.encoders`. Others get "categorical" if they have
        categorical columns, else "mlp".
    feature_graph : FeatureGraph, default=None
        Fitted graph; its modalities are encoded together, without encoders of their
        own.
    fusion : str, default="attention"
        Name of the fusion, see `FUSIONS` in :mod:`magnet_sklearn.nn.fusion`.
    decoder : str or None, default="sage"
        Name of the convolution on the patient graph, see `CONVOLUTIONS` in
        :mod:`magnet_sklearn.nn.convolutions`; None leaves the graph out.
    hidden_dim : int, default=64
        Width of all embeddings.
    n_heads : int, default=4
        Number of attention heads.
    n_layers : int, default=1
        Number of convolutions.
    dropout : float, default=0.3
        Probability of a zero, in training only.
    skip_connection : bool, default=True
        With a decoder: True gives skip connections and a second head, whose output
        adds to that of the first (two branches); False gives the published layers
        (one branch).

    Examples
    --------
    >>> from magnet_sklearn.nn import Architecture
    >>> Architecture(n_outputs=2, shapes={"rna": (20,), "mri": (1, 8, 8)}).fusion
    'attention'
    """

    n_outputs: int
    shapes: Mapping[str, tuple[int, ...]]
    category_sizes: Mapping[str, list[int]] = field(default_factory=dict)
    encoders: Mapping[str, str | nn.Module] = field(default_factory=dict)
    feature_graph: FeatureGraph | None = None
    fusion: str = "attention"
    decoder: str | None = "sage"
    hidden_dim: int = 64
    n_heads: int = 4
    n_layers: int = 1
    dropout: float = 0.3
    skip_connection: bool = True
