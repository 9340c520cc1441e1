"""Encoder of a modality with categorical columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
        self.embedding_dim = embedding_dim
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

    @torch.no_grad()
    def adopt(
        self, trained: CategoricalEncoder, move: Callable[[Tensor], Tensor]
    ) -> None:
        """Take over the weights of a trained encoder of other columns.

        Parameters
        ----------
        trained : CategoricalEncoder
            Of the same `hidden_dim`; stays as it is.
        move : callable
            As in `MLPEncoder.adopt`. A categorical column that has a category in common
            keeps its embedding, in which other categories start at 0.
        """
        first = trained.encoder.state_dict()["layers.0.weight"]
        n_known, n_own = trained.widths[0], self.widths[0]
        of_numbers = first.new_zeros(len(first), sum(trained.widths))
        of_numbers[:, :n_known] = first[:, :n_known]
        numeric = move(of_numbers)[:, :n_own]
        embedded = [
            first.new_zeros(len(first), table.shape[1]) for table in self.tables
        ]
        weights = first[:, n_known:].split(self.embedding_dim, dim=1)
        start = n_known
        for table, weight in zip(trained.tables, weights, strict=True):
            values = first.new_zeros(self.embedding_dim, sum(trained.widths))
            values[:, start : start + len(table)] = table.T
            start += len(table)
            _, *groups = move(values).split(self.widths, dim=1)
            for place, group in enumerate(groups):
                if group.any():
                    self.tables[place].copy_(group.T)
                    embedded[place] = weight
        moved = torch.cat([numeric, *embedded], dim=1)
        self.encoder.adopt(trained.encoder, lambda _: moved)


def categorical_encoder(name: str, net: Architecture) -> CategoricalEncoder:
    """Build the encoder of one modality of a network."""
    sizes = net.category_sizes.get(name, [])
    n_numeric = prod(net.shapes[name]) - sum(sizes)
    return CategoricalEncoder(n_numeric, sizes, net.hidden_dim, dropout=net.dropout)
