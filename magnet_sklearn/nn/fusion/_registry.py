"""Fusions by name."""

from collections.abc import Callable

from magnet_sklearn.nn._architecture import Architecture
from magnet_sklearn.nn.fusion._attention import PatientModalityAttention
from magnet_sklearn.nn.fusion._base import Fusion
from magnet_sklearn.nn.fusion._concat import ConcatFusion
from magnet_sklearn.nn.fusion._cross import CrossAttentionFusion, clinical_position
from magnet_sklearn.nn.fusion._mean import MeanFusion

# From the network around it to the fusion.
FUSIONS: dict[str, Callable[[Architecture], Fusion]] = {
    "attention": lambda net: PatientModalityAttention(net.hidden_dim, net.n_heads),
    "cross": lambda net: CrossAttentionFusion(
        net.hidden_dim,
        net.n_heads,
        query=clinical_position(net.shapes),
        dropout=net.dropout,
    ),
    "mean": lambda net: MeanFusion(net.hidden_dim),
    "concat": lambda net: ConcatFusion(len(net.shapes), net.hidden_dim),
}
