"""GraphSAGE with the edge weight in the message."""

from torch import Tensor, nn
from torch.nn import functional as F

from magnet_sklearn.nn._pyg import scatter


class EdgeSAGEConv(nn.Module):
    """GraphSAGE convolution whose messages see the edge weight.

    A node gets ``A mean_j relu(B [relu(C x_j), w_j]) + D x`` over its neighbours j
    with edge weights w_j [1]_; PyG's ``SAGEConv`` ignores edge weights.

    Parameters
    ----------
    in_features : int
        Width of the node features.
    out_features : int
        Width of the result.

    References
    ----------
    .. [1] S. Tabakhi, H. Lu: Missing-modality-aware graph neural network for cancer
       classification. arXiv 2506.22901, 2025.

    Examples
    --------
    >>> import torch
    >>> from magnet_sklearn.nn import EdgeSAGEConv
    >>> references, queries = torch.ones(3, 4), torch.ones(1, 4)
    >>> edge_index = torch.tensor([[0, 2], [0, 0]])
    >>> conv = EdgeSAGEConv(4, 2)
    >>> conv((references, queries), edge_index, torch.tensor([0.9, 0.2])).shape
    torch.Size([1, 2])
    """

    def __init__(self, in_features: int, out_features: int) -> None:
        super().__init__()
        self.source = nn.Linear(in_features, in_features)
        self.edge = nn.Linear(in_features + 1, in_features)
        self.neighbors = nn.Linear(in_features, out_features)
        self.root = nn.Linear(in_features, out_features, bias=False)

    def forward(
        self,
        x: Tensor | tuple[Tensor, Tensor],
        edge_index: Tensor,
        edge_weight: Tensor | None = None,
    ) -> Tensor:
        """Convolve.

        Parameters
        ----------
        x : Tensor of shape (n_nodes, in_features) or a pair of such tensors
            Node features; a pair holds those of the sources and of the targets.
        edge_index : int64 Tensor of shape (2, n_edges)
            Source and target of every edge.
        edge_weight : Tensor of shape (n_edges,), default=None
            Edge weights; None means 1 for every edge.

        Returns
        -------
        out : Tensor of shape (n_targets, out_features)
            New features of the targets.
        """
        sources, targets = (x, x) if isinstance(x, Tensor) else x
        if edge_weight is None:
            edge_weight = sources.new_ones(edge_index.shape[1])
        # B [s, w] = B_s s + B_w w: the large product once per node, not per edge
        sent = F.linear(
            self.source(sources).relu(), self.edge.weight[:, :-1], self.edge.bias
        )
        messages = sent.index_select(0, edge_index[0]) + (
            edge_weight.to(sent.dtype).unsqueeze(-1) * self.edge.weight[:, -1]
        )
        mean = scatter(
            messages.relu(), edge_index[1], dim_size=targets.shape[0], reduce="mean"
        )
        return self.neighbors(mean) + self.root(targets)
