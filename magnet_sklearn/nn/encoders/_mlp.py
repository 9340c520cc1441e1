"""Encoder of one modality: a small multi-layer perceptron."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from magnet_sklearn.nn._dropout import Dropout


class MLPEncoder(nn.Module):
    """Two linear layers with a leaky ReLU and dropout between them.

    Parameters
    ----------
    in_features : int
        Number of values per patient; an N-D block counts all its cells.
    hidden_dim : int
        Width of the embedding.
    dropout : float, default=0.0
        Probability of a zero after the first layer, in training only.

    Examples
    --------
    >>> import torch
    >>> from magnet_sklearn.nn import MLPEncoder
    >>> MLPEncoder(in_features=20, hidden_dim=8)(torch.zeros(5, 20)).shape
    torch.Size([5, 8])
    """

    def __init__(self, in_features: int, hidden_dim: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(in_features, hidden_dim),
            nn.LeakyReLU(0.2),
            Dropout(dropout),
            nn.Linear(hidden_dim, hidden_dim),
        )

    def forward(self, X: Tensor) -> Tensor:
        """Encode a block.

        Parameters
        ----------
        X : Tensor of shape (n_patients, ...)
            Block with `in_features` values per patient.

        Returns
        -------
        Z : Tensor of shape (n_patients, hidden_dim)
            Embedding.
        """
        return self.layers(X.flatten(1))

    @torch.no_grad()
    def adopt(self, trained: MLPEncoder, move: Callable[[Tensor], Tensor]) -> None:
        """Take over the weights of a trained encoder of other columns.

        Parameters
        ----------
        trained : MLPEncoder
            Of the same `hidden_dim`; stays as it is.
        move : callable
            From numbers per column that `trained` sees, of shape (n, n_columns_there),
            to those per column of this encoder, 0 for columns that `trained` has not
            seen.
        """
        state = trained.state_dict()
        state["layers.0.weight"] = move(state["layers.0.weight"])
        self.load_state_dict(state)
