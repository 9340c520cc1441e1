"""PyG's convolutions behind one call: conv((sources, targets), edges, weights)."""

from torch import Tensor, nn
from torch_geometric.nn import GATConv, GINConv, GraphConv

from magnet_sklearn.nn._edge_sage import EdgeSAGEConv


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


class NormalizedGraphConv(nn.Module):
    """Graph convolution with the edge weights of each target summing to one.

    The symmetric normalisation of the usual GCN divides by the degree of the sources,
    too, so that a patient's prediction would depend on who else asks.
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


class UnweightedGINConv(nn.Module):
    """Graph isomorphism convolution; edge weights are ignored."""

    def __init__(self, in_features: int, out_features: int) -> None:
        super().__init__()
        layers = nn.Sequential(
            nn.Linear(in_features, out_features),
            nn.ReLU(),
            nn.Linear(out_features, out_features),
        )
        self.conv = GINConv(layers)

    def forward(
        self, x: tuple[Tensor, Tensor], edge_index: Tensor, edge_weight: Tensor
    ) -> Tensor:
        return self.conv(x, edge_index)


_CONVOLUTIONS: dict[str, type[nn.Module]] = {
    "sage": EdgeSAGEConv,
    "gat": WeightedGATConv,
    "gcn": NormalizedGraphConv,
    "gin": UnweightedGINConv,
}


def resolve_conv(name: str, in_features: int, out_features: int) -> nn.Module:
    """Build a convolution by name.

    Parameters
    ----------
    name : {"sage", "gat", "gcn", "gin"}
        Kind of convolution.
    in_features : int
        Width of the node features.
    out_features : int
        Width of the result.

    Returns
    -------
    conv : Module
        Called as ``conv((sources, targets), edge_index, edge_weight)``. It gives
        finite values for a target without edges.

    Raises
    ------
    ValueError
        If the name is unknown.
    """
    if name not in _CONVOLUTIONS:
        known = ", ".join(repr(known) for known in _CONVOLUTIONS)
        raise ValueError(f"decoder is {name!r}. Choose one of {known}, or None.")
    return _CONVOLUTIONS[name](in_features, out_features)
