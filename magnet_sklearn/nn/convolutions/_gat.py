"""Graph attention on patients."""

from torch import Tensor, nn

from magnet_sklearn.nn._pyg import GATConv, MessagePassing


class _PlainGATConv(GATConv):
    """PyG's convolution with its methods as they are.

    In their place PyG generates code, in a file in the temporary folder that it never
    deletes; for a class with methods of its own it does not.
    """

    def propagate(self, *args, **kwargs):
        return MessagePassing.propagate(self, *args, **kwargs)

    def edge_updater(self, *args, **kwargs):
        return MessagePassing.edge_updater(self, *args, **kwargs)


class WeightedGATConv(nn.Module):
    """Graph attention with the edge weight as edge feature."""

    def __init__(self, in_features: int, out_features: int) -> None:
        super().__init__()
        self.conv = _PlainGATConv(
            (in_features, in_features), out_features, add_self_loops=False, edge_dim=1
        )

    def forward(
        self, x: tuple[Tensor, Tensor], edge_index: Tensor, edge_weight: Tensor
    ) -> Tensor:
        return self.conv(x, edge_index, edge_weight.unsqueeze(-1))
