"""Graph attention on patients."""

from torch import Tensor, nn
from torch_geometric.nn import GATConv


class WeightedGATConv(nn.Module):
    """Graph attention with the edge weight as edge feature."""

    def __init__(self, in_features: int, out_features: int) -> None:
        super().__init__()
        self.conv = GATConv(
            (in_features, in_features), out_features, add_self_loops=False, edge_dim=1
        )

    def forward(
        self, x: tuple[Tensor, Tensor], edge_index: Tensor, edge_weight: Tensor
    ) -> Tensor:
        return self.conv(x, edge_index, edge_weight.unsqueeze(-1))
