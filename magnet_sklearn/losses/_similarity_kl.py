"""Similarity loss: embeddings keep who resembles whom."""

import torch
from torch import Tensor
from torch.nn import functional as F


def similarity_kl_loss(
    embedding: Tensor,
    edge_index: Tensor,
    edge_weight: Tensor,
    source_embedding: Tensor | None = None,
) -> Tensor:
    """Divergence between the similarities of patients in the data and embedded.

    KL(P || Q) over the edges of the patient graph [1]_: P are the edge weights divided
    by their sum, Q the Student-t kernel (one degree of freedom) of the embeddings at
    both ends, divided by its sum.

    Parameters
    ----------
    embedding : Tensor of shape (n_patients, hidden_dim)
        Fused embeddings.
    edge_index : int64 Tensor of shape (2, n_edges)
        Source and target of every edge.
    edge_weight : Tensor of shape (n_edges,)
        Similarity of both ends, at least 0.
    source_embedding : Tensor of shape (n_sources, hidden_dim), default=None
        Embeddings of the patients that edges start from; None if they are `embedding`.

    Returns
    -------
    loss : Tensor of shape ()
        At least 0, up to rounding; 0 without edges.

    Notes
    -----
    Time and memory are linear in the number of edges; pairs without an edge have
    probability 0 in both distributions.

    References
    ----------
    .. [1] S. Tabakhi, H. Lu: Missing-modality-aware graph neural network for cancer
       classification. arXiv 2506.22901, 2025.

    Examples
    --------
    >>> import torch
    >>> from magnet_sklearn.losses import similarity_kl_loss
    >>> embedding = torch.tensor([[0.0], [1.0], [2.0]])
    >>> edge_index = torch.tensor([[0, 1, 0], [1, 2, 2]])
    >>> kernel = torch.tensor([1 / 2, 1 / 2, 1 / 5])  # 1 / (1 + squared distance)
    >>> similarity_kl_loss(embedding, edge_index, kernel).abs().item() < 1e-6
    True
    """
    edge_weight = edge_weight.to(embedding.dtype)
    total = edge_weight.sum()
    if edge_weight.numel() == 0 or total <= 0:
        return embedding.new_zeros(())
    sources = embedding if source_embedding is None else source_embedding
    difference = sources[edge_index[0]] - embedding[edge_index[1]]
    log_kernel = -torch.log1p(difference.square().sum(dim=1))
    P = edge_weight / total
    # xlogy: an edge of weight 0 adds 0, not NaN
    return (torch.xlogy(P, P) - P * F.log_softmax(log_kernel, dim=0)).sum()
