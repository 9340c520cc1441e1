"""Patient-modality attention: fuse the modalities each patient has."""

import torch
from torch import Tensor, nn


class PatientModalityAttention(nn.Module):
    """Multi-head attention over the observed modalities of each patient.

    Every head scores a modality by the product of its projected embedding with a
    learned vector. A softmax over the *observed* modalities turns scores into
    weights, so any pattern of missing modalities is handled, and the cost is linear
    in the number of modalities [1]_.

    Parameters
    ----------
    hidden_dim : int
        Width of the embeddings; a multiple of `n_heads`.
    n_heads : int, default=4
        Number of heads.

    Raises
    ------
    ValueError
        If `n_heads` does not divide `hidden_dim`.

    References
    ----------
    .. [1] S. Tabakhi, H. Lu: Missing-modality-aware graph neural network for cancer
       classification. arXiv 2506.22901, 2025.

    Examples
    --------
    >>> import torch
    >>> from magnet_sklearn.nn import PatientModalityAttention
    >>> attention = PatientModalityAttention(hidden_dim=8, n_heads=2)
    >>> mask = torch.tensor([[True, False, False]])
    >>> fused, weights = attention(torch.ones(1, 3, 8), mask)
    >>> weights[0, :, 0].tolist()
    [1.0, 0.0, 0.0]
    """

    def __init__(self, hidden_dim: int, n_heads: int = 4) -> None:
        super().__init__()
        if hidden_dim % n_heads:
            raise ValueError(
                f"n_heads={n_heads} does not divide hidden_dim={hidden_dim}. "
                f"Set hidden_dim to a multiple of n_heads."
            )
        self.hidden_dim = hidden_dim
        self.n_heads = n_heads
        self.projection = nn.Linear(hidden_dim, hidden_dim, bias=False)
        self.query = nn.Parameter(
            nn.init.xavier_uniform_(torch.empty(n_heads, 1, hidden_dim // n_heads))
        )
        self.output = nn.Linear(hidden_dim, hidden_dim, bias=False)

    def forward(self, encoded: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Fuse the observed modalities.

        Parameters
        ----------
        encoded : Tensor of shape (n_patients, n_modalities, hidden_dim)
            Embeddings; values of unobserved modalities are ignored, NaN included.
        mask : bool Tensor of shape (n_patients, n_modalities)
            True = observed.

        Returns
        -------
        fused : Tensor of shape (n_patients, hidden_dim)
            Fused embedding; 0 for a patient without any modality.
        weights : Tensor of shape (n_patients, n_modalities, n_heads)
            Sum to 1 over the observed modalities; exactly 0 elsewhere.
        """
        # filled first: a NaN that meets a weight poisons the weight's gradient
        encoded = encoded.masked_fill(~mask.unsqueeze(-1), 0.0)
        heads = self.projection(encoded).unflatten(-1, (self.n_heads, -1))
        scores = (heads * self.query.squeeze(1)).sum(-1)
        # not -inf: a softmax over nothing but -inf is NaN, with NaN gradients
        lowest = torch.finfo(scores.dtype).min
        scores = scores.masked_fill(~mask.unsqueeze(-1), lowest)
        weights = scores.softmax(dim=1) * mask.unsqueeze(-1)
        fused = (weights.unsqueeze(-1) * heads).sum(dim=1).flatten(1)
        return self.output(fused), weights
