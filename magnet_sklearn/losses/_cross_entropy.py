"""Cross-entropy with one weight per patient."""

from torch import Tensor
from torch.nn import functional as F

from magnet_sklearn.losses._task import weighted_mean


def weighted_cross_entropy(
    logits: Tensor, y: Tensor, weight: Tensor | None = None
) -> Tensor:
    """Weighted mean of the patients' cross-entropies.

    Parameters
    ----------
    logits : Tensor of shape (n_patients, n_classes)
        Unnormalised log-probabilities.
    y : int64 Tensor of shape (n_patients,)
        Class of each patient, from 0.
    weight : Tensor of shape (n_patients,), default=None
        Weight of each patient, at least 0. None means 1 for everybody. Only ratios
        count.

    Returns
    -------
    loss : Tensor of shape ()
        Sum of weighted losses over the sum of weights; 0 if no weight is positive.

    Examples
    --------
    >>> import torch
    >>> from magnet_sklearn.losses import weighted_cross_entropy
    >>> logits, y = torch.zeros(2, 4), torch.tensor([0, 3])
    >>> round(weighted_cross_entropy(logits, y, torch.tensor([1.0, 3.0])).item(), 3)
    1.386
    """
    losses = F.cross_entropy(logits, y, reduction="none")
    weight = losses.new_ones(len(y)) if weight is None else weight
    return weighted_mean(losses, weight)
