"""Graph isomorphism convolution on patients."""

from torch import Tensor, nn

from magnet_sklearn.nn._pyg import scatter


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
