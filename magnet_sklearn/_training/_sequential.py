"""Whether members beyond the first can matter, decided on held-out patients."""

import numpy as np

from magnet_sklearn._training._gates import COST_OF_A_BRANCH

N_FIRST = 2  # members that are always trained
# Networks matter most in large cohorts, where two members may fail by bad luck.
_ALWAYS_FROM = 1200
# One-sided 5 %.
_QUANTILE = 1.645


def further_members_may_count(scores: list[np.ndarray], n_members: int) -> bool:
    r"""Predict from the first members whether a gate of the full ensemble would open.

    The deviance is convex in the gates, so that one opens exactly if its score, the
    sum over all held-out patients of the decrease of the deviance per gate at 0, is
    above the cost of a branch. With :math:`m` held-out patients so far and :math:`r`
    of the members to come, whose scores are taken to be distributed alike, the total
    is predicted with the mean :math:`(m + r) \bar s` and the variance
    :math:`r (1 + r / m) \, \mathrm{var}(s)` (stochastic curtailment). Where the total
    would open a gate, further members are wrongly left out with a probability of 5 %
    at most, given members alike.

    Parameters
    ----------
    scores : list of ndarray of shape (n_held_out, n_branches)
        Of the held-out patients of each member so far, for one task.
    n_members : int
        Members of the full ensemble.

    Returns
    -------
    may_count : bool
        False only where the gates of the members so far are closed.
    """
    so_far = np.concatenate(scores)
    m = len(so_far)
    if m < 2:
        return True
    to_come = m * (n_members / len(scores) - 1)
    mean = (m + to_come) * so_far.mean(axis=0)
    spread = so_far.std(axis=0, ddof=1) * np.sqrt(to_come * (1 + to_come / m))
    return bool((mean + _QUANTILE * spread > COST_OF_A_BRANCH).any())


def is_large(n_patients: int) -> bool:
    """Whether all members are trained in any case."""
    return n_patients >= _ALWAYS_FROM
