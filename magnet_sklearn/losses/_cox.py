"""Cox's partial likelihood."""

import numpy as np
import torch
from torch import Tensor

from magnet_sklearn.losses._survival import SurvivalLoss


class CoxLoss(SurvivalLoss):
    r"""Negative log partial likelihood of survival times, ties by Efron [1]_.

    With :math:`\theta_j = w_j e^{\eta_j}`, :math:`R(t)` the patients at risk at
    :math:`t` (entered before, not yet out) and :math:`D(t)` the :math:`d` patients with
    an event at :math:`t`,

    .. math:: L = -\sum_t \Big[ \sum_{i \in D(t)} w_i \eta_i - \bar w_{D(t)}
              \sum_{l=0}^{d-1} \log \Big( \sum_{R(t)} \theta_j - \frac l d
              \sum_{D(t)} \theta_j \Big) \Big].

    Sums are computed as logarithms, so that log-hazards of any size stay finite. The
    target has the columns entry time, time, event (1 or 0) and stratum; patients of
    different strata are never compared. The baseline is a log-hazard of 0.

    References
    ----------
    .. [1] B. Efron, "The efficiency of Cox's likelihood function for censored data",
       JASA 72 (1977).

    Examples
    --------
    >>> import torch
    >>> from magnet_sklearn.losses import CoxLoss
    >>> target = torch.tensor([[0.0, 1.0, 1.0, 0.0], [0.0, 2.0, 0.0, 0.0]])
    >>> CoxLoss().deviance(torch.zeros(2, 1), target, torch.ones(2)).item()
    0.6931...
    """

    n_outputs = 1

    def deviance(self, outputs, target, weight):
        log_hazard = outputs[:, 0]
        total = log_hazard.sum() * 0.0
        for stratum in torch.unique(target[:, 3]):
            rows = target[:, 3] == stratum
            if (target[rows, 2] > 0).any():
                total = total + _deviance(log_hazard[rows], target[rows], weight[rows])
        return total

    def baseline(self, target, weight):
        return np.zeros(1)


def _deviance(log_hazard: Tensor, target: Tensor, weight: Tensor) -> Tensor:
    """Negative log partial likelihood of one stratum with an event."""
    order = torch.argsort(target[:, 1], descending=True, stable=True)
    log_hazard, weight = log_hazard[order], weight[order].to(log_hazard.dtype)
    entry, time = target[order, 0], target[order, 1]
    event = target[order, 2] > 0
    log_theta = log_hazard + weight.log()
    times, group, counts = torch.unique_consecutive(
        time, return_inverse=True, return_counts=True
    )
    if (entry >= time.min()).any():  # somebody entered after somebody had left
        at_risk = (time >= times[:, None]) & (entry < times[:, None])
        log_risk = log_theta.expand(len(times), -1)
        log_risk = log_risk.masked_fill(~at_risk, -torch.inf)[_times_with(event, group)]
        log_at_risk = log_theta.new_zeros(len(times))
        log_at_risk[_times_with(event, group)] = log_risk.logsumexp(dim=1)
    else:
        log_at_risk = log_theta.logcumsumexp(0)[counts.cumsum(0) - 1]
    of_event = group[event]
    n_tied = torch.zeros_like(log_at_risk).index_add_(
        0, of_event, torch.ones_like(weight[event])
    )
    tied_weight = torch.zeros_like(log_at_risk).index_add_(0, of_event, weight[event])
    share = torch.exp(log_theta[event] - log_at_risk[of_event])
    tied_share = torch.zeros_like(log_at_risk).index_add(0, of_event, share)
    before = torch.cumsum(event, 0)[event] - 1  # events at later times, or listed first
    first = torch.cumsum(n_tied, 0) - n_tied
    place = (before - first[of_event]) / n_tied[of_event]
    log_sums = log_at_risk[of_event] + torch.log1p(-place * tied_share[of_event])
    mean_weight = (tied_weight / n_tied.clamp(min=1))[of_event]
    return (mean_weight * log_sums).sum() - (weight * log_hazard)[event].sum()


def _times_with(event: Tensor, group: Tensor) -> Tensor:
    """Places of the distinct times at which there is an event."""
    return torch.unique(group[event])
