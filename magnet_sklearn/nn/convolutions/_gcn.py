"""Graph convolution on patients."""

from torch import Tensor, nn

from magnet_sklearn.nn._pyg import scatter


class NormalizedGraphConv(nn.Module):
    """Graph convolution with the edge weights of each target summing to one.

    The symmetric normalisation of the usual GCN divides by the degree of the sources,
    too, so that a patient's prediction would depend on the other queries.
    """

    def __init__(self, in_features: int, out_features: int) -> None:
        super().__init__()
        self.neighbors = nn.Linear(in_features, out_features)
        self.root = nn.Linear(in_features, out_features, bias=False)

    def forward(
        self, x: tuple[Tensor, Tensor], edge_index: Tensor, edge_weight: Tensor
    ) -> Tensor:
        sources, targets = edge_index
        total = scatter(edge_weight, targets, dim_size=x[1].shape[0])
        share = edge_weight / total.clamp(min=1e-12)[targets]
        messages = x[0].index_select(0, sources) * share.unsqueeze(-1)
        mean = scatter(messages, targets, dim_size=x[1].shape[0])
        return self.neighbors(mean) + self.root(x[1])
