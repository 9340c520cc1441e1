"""Graph decoder: let similar patients inform each other."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from magnet_sklearn._utils import choose
from magnet_sklearn.nn._dropout import Dropout
from magnet_sklearn.nn.convolutions import CONVOLUTIONS


class GraphDecoder(nn.Module):
    """Stack of graph convolutions on the fused embeddings of patients.

    Parameters
    ----------
    conv : str, default="sage"
        Name of the convolution, see `CONVOLUTIONS` in
        :mod:`magnet_sklearn.nn.convolutions`.
    hidden_dim : int, default=64
        Width of the embeddings.
    n_layers : int, default=2
        Number of convolutions.
    dropout : float, default=0.0
        Probability of a zero after each convolution, in training only.
    skip_connection : bool, default=True
        If True, a layer is ``x + dropout(relu(conv(layer_norm(x))))``; if False, it is
        ``dropout(relu(conv(x)))`` as published.

    Examples
    --------
    Queries need nothing but the states of the reference patients:

    >>> import torch
    >>> from magnet_sklearn.nn import GraphDecoder
    >>> decoder = GraphDecoder("sage", hidden_dim=4, n_layers=2).eval()
    >>> edges, weights = torch.tensor([[0, 1], [1, 0]]), torch.ones(2)
    >>> _, states = decoder(torch.ones(2, 4), edges, weights)
    >>> query_edges = torch.tensor([[0, 1], [0, 0]])
    >>> out, _ = decoder(torch.ones(1, 4), query_edges, weights, references=states)
    >>> out.shape
    torch.Size([1, 4])
    """

    def __init__(
        self,
        conv: str = "sage",
        hidden_dim: int = 64,
        n_layers: int = 2,
        dropout: float = 0.0,
        skip_connection: bool = True,
    ) -> None:
        super().__init__()
        self.skip_connection = skip_connection
        make = choose(CONVOLUTIONS, "decoder", conv, "None")
        self.convs = nn.ModuleList(
            make(hidden_dim, hidden_dim) for _ in range(n_layers)
        )
        self.norms = nn.ModuleList(
            nn.LayerNorm(hidden_dim) if skip_connection else nn.Identity()
            for _ in range(n_layers)
        )
        self.dropout = Dropout(dropout)

    def forward(
        self,
        x: Tensor,
        edge_index: Tensor | None = None,
        edge_weight: Tensor | None = None,
        references: Sequence[Tensor] | None = None,
    ) -> tuple[Tensor, list[Tensor]]:
        """Decode patients.

        Parameters
        ----------
        x : Tensor of shape (n_patients, hidden_dim)
            Fused embeddings.
        edge_index : int64 Tensor of shape (2, n_edges), default=None
            Source and target of every edge; targets are rows of `x`. None means no
            edge.
        edge_weight : Tensor of shape (n_edges,), default=None
            Edge weights; None means 1 for every edge.
        references : sequence of n_layers Tensors, default=None
            `states` of the reference patients, each of shape
            (n_references, hidden_dim); sources are their rows. If None, sources are
            rows of `x`.

        Returns
        -------
        out : Tensor of shape (n_patients, hidden_dim)
            Node embeddings.
        states : list of n_layers Tensors of shape (n_patients, hidden_dim)
            Input of each layer, to be passed as `references` later.

        Raises
        ------
        ValueError
            If `references` has not one state per layer.
        """
        if edge_index is None:
            edge_index = torch.empty(2, 0, dtype=torch.long, device=x.device)
        if edge_weight is None:
            edge_weight = x.new_ones(edge_index.shape[1])
        if references is not None:
            edge_index, references = self._neighbors_only(edge_index, references)
        states = []
        for layer in range(len(self.convs)):
            states.append(x)
            sources = x if references is None else references[layer]
            x = self.convolve(layer, x, sources, edge_index, edge_weight)
        return x, states

    def convolve(
        self,
        layer: int,
        x: Tensor,
        sources: Tensor,
        edge_index: Tensor,
        edge_weight: Tensor,
    ) -> Tensor:
        """Apply a single layer.

        Parameters
        ----------
        layer : int
            Which one.
        x : Tensor of shape (n_patients, hidden_dim)
            Its input.
        sources : Tensor of shape (n_sources, hidden_dim)
            Input of the patients that edges start from.
        edge_index : int64 Tensor of shape (2, n_edges)
            Rows of `sources` and of `x`.
        edge_weight : Tensor of shape (n_edges,)
            Edge weights.

        Returns
        -------
        out : Tensor of shape (n_patients, hidden_dim)
            Its output.
        """
        norm = self.norms[layer]
        ends = norm(sources), norm(x)
        out = self.convs[layer](ends, edge_index, edge_weight.to(x.dtype))
        out = self.dropout(out.relu())
        return x + out if self.skip_connection else out

    def _neighbors_only(
        self, edge_index: Tensor, references: Sequence[Tensor]
    ) -> tuple[Tensor, list[Tensor]]:
        """Keep the references that have an edge: those of one query are few."""
        if len(references) != len(self.convs):
            raise ValueError(
                f"references holds {len(references)} states but the decoder has "
                f"{len(self.convs)} layers. Pass the states that the decoder returned "
                f"for the reference patients."
            )
        used, sources = edge_index[0].unique(return_inverse=True)
        kept = [state.index_select(0, used) for state in references]
        return torch.stack([sources, edge_index[1]]), kept
