"""Whether members beyond the first can matter, decided on held-out patients."""

import numpy as np

from magnet_sklearn._training._gates import COST_OF_A_BRANCH, WIDEST_GATE

N_FIRST = 2  # members that are always trained
# Networks matter most in large cohorts, where the first ones may fail by bad luck.
_ALWAYS_FROM = 1200
# Of fewer patients too few are held out to decide, and members cost little.
_ALWAYS_BELOW = 100
_QUANTILE = 1.645  # one-sided 5 %
_MATERIAL = 0.005  # nats per patient


def further_members_may_count(scores: list[np.ndarray], n_members: int) -> bool:
    r"""Predict from the first members what the gates of the full ensemble can gain.

    With :math:`S` the sum over the held-out patients of the decrease of the deviance
    per gate at 0, and :math:`Q` that of its squares (Fisher's information), a gate
    :math:`g` gains about :math:`(S - 1.92) g - Q g^2 / 2` nats. From :math:`m` patients
    so far and :math:`r` of the members to come, whose scores :math:`s` are taken to be
    distributed alike, :math:`S` is predicted with the mean :math:`(m + r) \bar s` and
    the variance :math:`r (1 + r / m) \, \mathrm{var}(s)` (stochastic curtailment).
    Members to come may count if the gain is above 0.005 nats per patient at the upper
    95 % bound of :math:`S`; that is, gates that would gain more are left closed in 5 %
    of the cases at most, given members alike.

    Parameters
    ----------
    scores : list of ndarray of shape (n_held_out, n_branches)
        Of the held-out patients of each member so far, for one task.
    n_members : int
        Members of the full ensemble.

    Returns
    -------
    may_count : bool
        Whether to train a further member.
    """
    so_far = np.concatenate(scores)
    m = len(so_far)
    if m < 2:
        return True
    total = m * n_members / len(scores)
    r = total - m
    spread = so_far.std(axis=0, ddof=1) * np.sqrt(r * (1 + r / m))
    excess = total * so_far.mean(axis=0) + _QUANTILE * spread - COST_OF_A_BRANCH
    information = total * (so_far**2).mean(axis=0) + 1e-12
    gate = np.clip(excess / information, 0.0, WIDEST_GATE)
    gain = excess * gate - information * gate**2 / 2
    return bool((gain > _MATERIAL * total).any())


def trains_all_members(n_patients: int) -> bool:
    """Whether all members are trained in any case."""
    return not _ALWAYS_BELOW <= n_patients < _ALWAYS_FROM
