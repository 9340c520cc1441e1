"""Cross-attention fusion: the clinical modality is the query of the others."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor, nn

from magnet_sklearn.nn._dropout import Dropout
from magnet_sklearn.nn.fusion._base import Fusion, check_heads, masked_softmax


def clinical_position(modalities: Iterable[str]) -> int | None:
    """Place of the clinical modality: the first whose name starts with "clin".

    Parameters
    ----------
    modalities : iterable of str
        Names of the modalities.

    Returns
    -------
    position : int or None
        None where no name starts so.
    """
    clinical = [name.lower().startswith("clin") for name in modalities]
    return clinical.index(True) if any(clinical) else None


class MaskedAttention(nn.Module):
    """Multi-head attention of queries over the observed modalities.

    Parameters
    ----------
    hidden_dim : int
        Width of the embeddings; a multiple of `n_heads`.
    n_heads : int, default=4
        Number of heads.
    """

    def __init__(self, hidden_dim: int, n_heads: int = 4) -> None:
        super().__init__()
        self.n_heads = n_heads
        self.query = nn.Linear(hidden_dim, hidden_dim, bias=False)
        self.key = nn.Linear(hidden_dim, hidden_dim, bias=False)
        self.value = nn.Linear(hidden_dim, hidden_dim, bias=False)
        self.output = nn.Linear(hidden_dim, hidden_dim, bias=False)

    def forward(
        self, queries: Tensor, tokens: Tensor, mask: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Attend.

        Parameters
        ----------
        queries : Tensor of shape (n_patients, n_queries, hidden_dim)
            Queries.
        tokens : Tensor of shape (n_patients, n_modalities, hidden_dim)
            Keys and values.
        mask : bool Tensor of shape (n_patients, n_modalities)
            True = observed.

        Returns
        -------
        attended : Tensor of shape (n_patients, n_queries, hidden_dim)
            0 for a patient without any modality.
        weights : Tensor of shape (n_patients, n_queries, n_modalities, n_heads)
            Sum to 1 over the observed modalities; exactly 0 elsewhere.
        """
        heads, keys, values = (
            part.unflatten(-1, (self.n_heads, -1))
            for part in (self.query(queries), self.key(tokens), self.value(tokens))
        )
        scores = torch.einsum("nqhd,nmhd->nqmh", heads, keys) * keys.shape[-1] ** -0.5
        weights = masked_softmax(scores, mask[:, None, :, None], dim=2)
        attended = torch.einsum("nqmh,nmhd->nqhd", weights, values).flatten(2)
        return self.output(attended), weights


class FusionLayer(nn.Module):
    """Transformer layer over the modalities of each patient.

    Parameters
    ----------
    hidden_dim : int
        Width of the embeddings; a multiple of `n_heads`.
    n_heads : int, default=4
        Number of heads.
    dropout : float, default=0.0
        Probability of a zero, in training only.
    """

    def __init__(self, hidden_dim: int, n_heads: int = 4, dropout: float = 0.0) -> None:
        super().__init__()
        self.attention_norm = nn.LayerNorm(hidden_dim, eps=1.0)
        self.attention = MaskedAttention(hidden_dim, n_heads)
        self.feed_forward = nn.Sequential(
            nn.LayerNorm(hidden_dim, eps=1.0),
            nn.Linear(hidden_dim, 2 * hidden_dim),
            nn.GELU(),
            Dropout(dropout),
            nn.Linear(2 * hidden_dim, hidden_dim),
        )
        self.dropout = Dropout(dropout)

    def forward(self, tokens: Tensor, mask: Tensor) -> Tensor:
        """Let the observed modalities of each patient inform each other.

        Parameters
        ----------
        tokens : Tensor of shape (n_patients, n_modalities, hidden_dim)
            Embeddings, finite also where unobserved.
        mask : bool Tensor of shape (n_patients, n_modalities)
            True = observed.

        Returns
        -------
        tokens : Tensor of shape (n_patients, n_modalities, hidden_dim)
            New embeddings.
        """
        normed = self.attention_norm(tokens)
        attended, _ = self.attention(normed, normed, mask)
        tokens = tokens + self.dropout(attended)
        return tokens + self.dropout(self.feed_forward(tokens))


class CrossAttentionFusion(Fusion):
    """Transformer layers over the modalities, then a query from the clinical one.

    The embeddings of a patient's observed modalities inform each other. Then a
    learned query, plus the clinical embedding where the patient has that, attends to
    them.

    Parameters
    ----------
    hidden_dim : int
        Width of the embeddings; a multiple of `n_heads`.
    n_heads : int, default=4
        Number of heads.
    query : int, default=None
        Position of the modality that is part of the query. If None, the query is the
        learned one for every patient.
    n_layers : int, default=1
        Transformer layers before the query.
    dropout : float, default=0.0
        Probability of a zero, in training only.

    Raises
    ------
    ValueError
        If `n_heads` does not divide `hidden_dim`.

    Examples
    --------
    >>> import torch
    >>> from magnet_sklearn.nn import CrossAttentionFusion
    >>> fusion = CrossAttentionFusion(hidden_dim=8, n_heads=2, query=0)
    >>> mask = torch.tensor([[True, False, False]])
    >>> fused, weights = fusion(torch.ones(1, 3, 8), mask)
    >>> weights[0, :, 0].tolist()
    [1.0, 0.0, 0.0]
    """

    def __init__(
        self,
        hidden_dim: int,
        n_heads: int = 4,
        query: int | None = None,
        n_layers: int = 1,
        dropout: float = 0.0,
    ) -> None:
        check_heads(hidden_dim, n_heads)
        super().__init__(hidden_dim)
        self.query_position = query
        self.query = nn.Parameter(nn.init.xavier_uniform_(torch.empty(1, hidden_dim)))
        self.layers = nn.ModuleList(
            FusionLayer(hidden_dim, n_heads, dropout) for _ in range(n_layers)
        )
        self.attention = MaskedAttention(hidden_dim, n_heads)

    def _fuse(self, encoded: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        tokens = encoded
        query = self.query.expand(tokens.shape[0], -1)
        if self.query_position is not None:
            query = query + tokens[:, self.query_position]
        for layer in self.layers:
            tokens = layer(tokens, mask)
        fused, weights = self.attention(query.unsqueeze(1), tokens, mask)
        return fused.squeeze(1), weights.squeeze(1)

    def _widened_from(self, trained: Fusion) -> Fusion:
        assert isinstance(trained, CrossAttentionFusion)
        trained.query_position = self.query_position
        return trained
