"""Convolutions by name."""

from collections.abc import Callable
from importlib import import_module

from torch import nn


def _later(module: str, name: str) -> Callable[[int, int], nn.Module]:
    """Import a class of this package when the first of its kind is built."""

    def make(in_features: int, out_features: int) -> nn.Module:
        conv = getattr(import_module(module, __package__), name)
        return conv(in_features, out_features)

    return make


# From the widths of node features and result to the convolution.
CONVOLUTIONS: dict[str, Callable[[int, int], nn.Module]] = {
    "sage": _later("._sage", "EdgeSAGEConv"),
    "gat": _later("._gat", "WeightedGATConv"),
    "gcn": _later("._gcn", "NormalizedGraphConv"),
    "gin": _later("._gin", "UnweightedGINConv"),
}
