"""Encoder of one modality: a small multi-layer perceptron."""

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
