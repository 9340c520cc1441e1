"""Patient-modality attention: fuse the modalities each patient has."""

import torch
from torch import Tensor, nn

from magnet_sklearn.nn.fusion._base import Fusion, check_heads, masked_softmax


class PatientModalityAttention(Fusion):
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
        check_heads(hidden_dim, n_heads)
        super().__init__(hidden_dim)
        self.n_heads = n_heads
        self.projection = nn.Linear(hidden_dim, hidden_dim, bias=False)
        self.query = nn.Parameter(
            nn.init.xavier_uniform_(torch.empty(n_heads, 1, hidden_dim // n_heads))
        )
        self.output = nn.Linear(hidden_dim, hidden_dim, bias=False)

    def _fuse(self, encoded: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        heads = self.projection(encoded).unflatten(-1, (self.n_heads, -1))
        scores = (heads * self.query.squeeze(1)).sum(-1)
        weights = masked_softmax(scores, mask.unsqueeze(-1), dim=1)
        fused = (weights.unsqueeze(-1) * heads).sum(dim=1).flatten(1)
        return self.output(fused), weights
