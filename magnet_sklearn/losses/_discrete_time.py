"""Survival in intervals of time, each with a hazard of its own."""

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from magnet_sklearn.losses._survival import SurvivalLoss


class DiscreteTimeLoss(SurvivalLoss):
    r"""Negative log-likelihood of logistic hazards in intervals [1]_.

    Output :math:`b` is the logit of the probability of an event in interval :math:`b`
    for a patient at risk at its start. A censored patient counts for the intervals
    survived in whole. The target is that of :class:`CoxLoss`; strata are not used. The
    baseline is the logit of the share of events in each interval, with half an event
    and half a survivor added.

    Parameters
    ----------
    edges : array-like of shape (n_intervals - 1,)
        Ascending inner edges; an interval includes its upper edge.

    References
    ----------
    .. [1] M. Gensheimer, B. Narasimhan, "A scalable discrete-time survival model for
       neural networks", PeerJ 7 (2019).

    Examples
    --------
    >>> import torch
    >>> from magnet_sklearn.losses import DiscreteTimeLoss
    >>> target = torch.tensor([[0.0, 1.0, 1.0, 0.0], [0.0, 3.0, 0.0, 0.0]])
    >>> loss = DiscreteTimeLoss([2.0])
    >>> loss.deviance(torch.zeros(2, 2), target, torch.ones(2)).item()
    1.386...
    """

    edges: Tensor

    def __init__(self, edges):
        super().__init__()
        self.register_buffer("edges", torch.as_tensor(edges, dtype=torch.float64))
        self.n_outputs = len(self.edges) + 1

    def deviance(self, outputs, target, weight):
        survived, died = self._counts(target)
        losses = survived * F.softplus(outputs) + died * F.softplus(-outputs)
        return (weight[:, None] * losses).sum()

    def baseline(self, target, weight):
        survived, died = self._counts(torch.as_tensor(target))
        weight = torch.as_tensor(weight)
        odds = (weight @ died.double() + 0.5) / (weight @ survived.double() + 0.5)
        return np.log(odds.numpy())

    def _counts(self, target: Tensor) -> tuple[Tensor, Tensor]:
        """Tell which intervals each patient survived, and in which one died."""
        edges = self.edges.to(target)
        last = torch.searchsorted(edges, target[:, 1].contiguous())[:, None]
        first = torch.searchsorted(edges, target[:, 0].contiguous(), right=True)
        interval = torch.arange(self.n_outputs, device=target.device)
        survived = (interval >= first[:, None]) & (interval < last)
        died = (interval == last) & (target[:, 2] > 0)[:, None]
        return survived, died
