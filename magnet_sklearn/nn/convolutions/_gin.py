"""Graph isomorphism convolution on patients."""

from torch import Tensor, nn
from torch_geometric.nn import GINConv


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

    def set_buffers(self) -> None:
        """Fill what is no parameter."""
        self.conv.eps.fill_(self.conv.initial_eps)

    def forward(
        self, x: tuple[Tensor, Tensor], edge_index: Tensor, edge_weight: Tensor
    ) -> Tensor:
        return self.conv(x, edge_index)
