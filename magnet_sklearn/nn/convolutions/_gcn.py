"""Graph convolution on patients."""

from torch import Tensor, nn
from torch_geometric.nn import GraphConv


class NormalizedGraphConv(nn.Module):
    """Graph convolution with the edge weights of each target summing to one.

    The symmetric normalisation of the usual GCN divides by the degree of the sources,
    too, so that a patient's prediction would depend on the other queries.
    """

    def __init__(self, in_features: int, out_features: int) -> None:
        super().__init__()
        self.conv = GraphConv((in_features, in_features), out_features, aggr="add")

    def forward(
        self, x: tuple[Tensor, Tensor], edge_index: Tensor, edge_weight: Tensor
    ) -> Tensor:
        targets = edge_index[1]
        total = edge_weight.new_zeros(x[1].shape[0]).index_add(0, targets, edge_weight)
        share = edge_weight / total.clamp(min=1e-12)[targets]
        return self.conv(x, edge_index, share)
