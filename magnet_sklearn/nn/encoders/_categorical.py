"""Encoder of a modality with categorical columns."""

from collections.abc import Sequence
from math import prod

import torch
from torch import Tensor, nn

from magnet_sklearn.nn._architecture import Architecture
from magnet_sklearn.nn.encoders._mlp import MLPEncoder


class CategoricalEncoder(nn.Module):
    """Learn an embedding per categorical column, then encode all columns together.

    Parameters
    ----------
    n_numeric : int
        Number of numeric columns; they come first in the block.
    category_sizes : sequence of int
        Number of categories per categorical column. Each column is a one-hot group;
        the groups follow the numeric columns in this order.
    hidden_dim : int
        Width of the embedding of the block.
    embedding_dim : int, default=8
        Width of the embedding of one categorical column.
    dropout : float, default=0.0
        Probability of a zero between the two layers, in training only.

    Notes
    -----
    The look-up is a product with the one-hot group. So a group of zeros (a missing or
    unseen category) has the embedding zero, and gradients reach the input, which
    attribution methods need.

    Examples
    --------
    >>> import torch
    >>> from magnet_sklearn.nn import CategoricalEncoder
    >>> encoder = CategoricalEncoder(n_numeric=1, category_sizes=[2], hidden_dim=4)
    >>> encoder(torch.tensor([[0.3, 1.0, 0.0], [0.1, 0.0, 0.0]])).shape
    torch.Size([2, 4])
    """

    def __init__(
        self,
        n_numeric: int,
        category_sizes: Sequence[int],
        hidden_dim: int,
        embedding_dim: int = 8,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.widths = [n_numeric, *category_sizes]
        self.tables = nn.ParameterList(
            nn.Parameter(nn.init.xavier_uniform_(torch.empty(size, embedding_dim)))
            for size in category_sizes
        )
        in_features = n_numeric + embedding_dim * len(category_sizes)
        self.encoder = MLPEncoder(in_features, hidden_dim, dropout)

    def forward(self, X: Tensor) -> Tensor:
        """Encode a block.

        Parameters
        ----------
        X : Tensor of shape (n_patients, n_numeric + sum(category_sizes))
            Numeric columns, then one-hot groups.

        Returns
        -------
        Z : Tensor of shape (n_patients, hidden_dim)
            Embedding.
        """
        numeric, *groups = X.flatten(1).split(self.widths, dim=1)
        looked_up = [
            group @ table for group, table in zip(groups, self.tables, strict=True)
        ]
        return self.encoder(torch.cat([numeric, *looked_up], dim=1))


def categorical_encoder(name: str, net: Architecture) -> CategoricalEncoder:
    """Build the encoder of one modality of a network."""
    sizes = net.category_sizes.get(name, [])
    n_numeric = prod(net.shapes[name]) - sum(sizes)
    return CategoricalEncoder(n_numeric, sizes, net.hidden_dim, dropout=net.dropout)
