"""Graph convolutions behind one call: conv((sources, targets), edges, weights)."""

from torch import Tensor, nn
from torch_geometric.nn import GATConv, MessagePassing
from torch_geometric.utils import scatter

from magnet_sklearn.nn._edge_sage import EdgeSAGEConv


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


class UnweightedGINConv(nn.Module):
    """Graph isomorphism convolution; edge weights are ignored."""

    def __init__(self, in_features: int, out_features: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(in_features, out_features),
            nn.ReLU(),
            nn.Linear(out_features, out_features),
        )

    def forward(
        self, x: tuple[Tensor, Tensor], edge_index: Tensor, edge_weight: Tensor
    ) -> Tensor:
        messages = x[0].index_select(0, edge_index[0])
        total = scatter(messages, edge_index[1], dim_size=x[1].shape[0])
        return self.layers(x[1] + total)


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
