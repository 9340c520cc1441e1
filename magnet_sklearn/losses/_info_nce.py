"""Contrastive loss: two views of a patient are more alike than those of others."""

import torch
from torch import Tensor
from torch.nn import functional as F


def info_nce_loss(Z_a: Tensor, Z_b: Tensor, temperature: float = 0.1) -> Tensor:
    r"""InfoNCE between two views of the same patients.

    Mean over patients of :math:`-\log \frac{\exp(s_{ii} / \tau)}{\sum_j \exp(s_{ij} /
    \tau)}` with :math:`s_{ij}` the cosine of patient i in one view and patient j in
    the other [1]_, and of the same with the views swapped.

    Parameters
    ----------
    Z_a, Z_b : Tensor of shape (n_patients, n_dim)
        Embeddings of the two views; row i of both is the same patient.
    temperature : float, default=0.1
        What similarities are divided by; a lower one looks at the closest others.

    Returns
    -------
    loss : Tensor of shape ()
        In nats; log(n_patients) where views say nothing, 0 for a single patient.

    Notes
    -----
    Time and memory grow with the square of the patients given: pass batches.

    References
    ----------
    .. [1] A. van den Oord, Y. Li, O. Vinyals: Representation learning with contrastive
       predictive coding. arXiv 1807.03748, 2018.

    Examples
    --------
    >>> import torch
    >>> from magnet_sklearn.losses import info_nce_loss
    >>> Z = torch.eye(3)
    >>> info_nce_loss(Z, Z).item() < info_nce_loss(Z, Z.flip(0)).item()
    True
    """
    logits = F.normalize(Z_a, dim=1) @ F.normalize(Z_b, dim=1).T / temperature
    same = torch.arange(len(logits), device=logits.device)
    return (F.cross_entropy(logits, same) + F.cross_entropy(logits.T, same)) / 2
