"""From the features of a modality to its embedding."""

import torch
from torch import Tensor, nn

from magnet_sklearn.nn._dropout import Dropout
from magnet_sklearn.nn.fusion._base import check_heads


class FeaturePooling(nn.Module):
    r"""Attention over the features that a patient has in a modality.

    Head h gives feature j the weight
    :math:`\alpha_{jh} \propto \exp(q_h \cdot \tanh(W h_j) + r_j)`, from the state of
    the feature and its relevance. The embedding is made of
    :math:`p \sum_j \alpha_{jh} (a_{jh} x_j + b_{jh} \bar x_j)
    + C \sum_j \alpha_{jh} h_j`, with the value :math:`x_j`, the mean
    :math:`\bar x_j` around it and p features in all. Weights that are all the same
    make the first term a linear layer on values and means; unequal ones are gates.

    Parameters
    ----------
    n_features : int
        Number of features.
    embedding_dim : int
        Width of their states.
    hidden_dim : int
        Width of the result; a multiple of `n_heads`.
    n_heads : int, default=4
        Number of heads.
    dropout : float, default=0.0
        Probability of a zero, in training only.

    Raises
    ------
    ValueError
        If `n_heads` does not divide `hidden_dim`.
    """

    def __init__(
        self,
        n_features: int,
        embedding_dim: int,
        hidden_dim: int,
        n_heads: int = 4,
        dropout: float = 0.0,
    ) -> None:
        check_heads(hidden_dim, n_heads)
        super().__init__()
        self.n_heads = n_heads
        self.norm = nn.LayerNorm(embedding_dim, eps=1.0)
        self.hidden = nn.Linear(embedding_dim, embedding_dim)
        self.score = nn.Linear(embedding_dim, n_heads, bias=False)
        self.of_value = nn.Linear(n_features, hidden_dim, bias=False)
        self.of_mean = nn.Linear(n_features, hidden_dim, bias=False)
        self.of_state = nn.Linear(n_heads * embedding_dim, hidden_dim)
        self.output = nn.Sequential(
            nn.LeakyReLU(0.2), Dropout(dropout), nn.Linear(hidden_dim, hidden_dim)
        )

    def forward(
        self,
        states: Tensor,
        values: Tensor,
        means: Tensor,
        present: Tensor,
        relevance: Tensor,
    ) -> tuple[Tensor, Tensor]:
        """Pool the present features of each patient.

        Parameters
        ----------
        states : Tensor of shape (n_patients, n_features, embedding_dim)
            States of the features, finite also where absent.
        values : Tensor of shape (n_patients, n_features)
            Their values, finite also where absent.
        means : Tensor of shape (n_patients, n_features)
            Means around them, as `neighbor_mean` gives them.
        present : bool Tensor of shape (n_patients, n_features)
            True = the patient has the feature.
        relevance : Tensor of shape (n_features,)
            Added to the scores of all patients.

        Returns
        -------
        embedding : Tensor of shape (n_patients, hidden_dim)
            Embedding of the modality.
        weights : Tensor of shape (n_patients, n_features)
            Mean over heads; sum to 1 over the present features, exactly 0 elsewhere.
        """
        scores = self.score(self.hidden(self.norm(states)).tanh())
        scores = scores + relevance.unsqueeze(-1)
        here = present.unsqueeze(-1)
        # not -inf: a softmax over nothing but -inf is NaN, with NaN gradients
        scores = scores.masked_fill(~here, torch.finfo(scores.dtype).min)
        weights = scores.softmax(dim=1) * here
        pooled = torch.einsum("nfh,nfd->nhd", weights, states).flatten(1)
        embedding = (
            self._gated(self.of_value, values, weights)
            + self._gated(self.of_mean, means, weights)
            + self.of_state(pooled)
        )
        return self.output(embedding), weights.mean(dim=-1)

    def _gated(self, linear: nn.Linear, values: Tensor, weights: Tensor) -> Tensor:
        """Linear layer of which each head sees values times its weights."""
        gated = weights * (values.shape[1] * values).unsqueeze(-1)
        parts = linear.weight.unflatten(0, (self.n_heads, -1))
        return torch.einsum("nfh,hdf->nhd", gated, parts).flatten(1)
