"""Probability of each of several competing events over time."""

import numpy as np


def cumulative_incidence(cumulative_hazards):
    r"""Cumulative incidence of competing events, by Aalen and Johansen's estimate.

    With :math:`d\Lambda_c(t)` the steps of the cause-specific cumulative hazards, the
    probability of no event is :math:`S(t) = \prod_{s \le t} (1 - \sum_c
    d\Lambda_c(s))`, and that of an event of cause :math:`c` by time :math:`t` is
    :math:`F_c(t) = \sum_{s \le t} S(s-) \, d\Lambda_c(s)` [1]_. Censoring patients with
    another event instead, as the complement of :math:`\exp(-\Lambda_c)` does, is too
    high.

    Parameters
    ----------
    cumulative_hazards : array-like of shape (n_causes, n_patients, n_times)
        Cause-specific cumulative hazards, at times that include all those at which one
        of them steps.

    Returns
    -------
    incidence : ndarray of shape (n_causes, n_patients, n_times)
        Between 0 and 1, increasing in time. Summed over causes and added to
        :math:`S` they are 1. Where the steps of a time sum to more than 1, an event is
        certain and each cause has its share of it.

    Raises
    ------
    ValueError
        If the hazards are not of three dimensions, negative, NaN or infinite, or
        decrease in time.

    References
    ----------
    .. [1] O. Aalen, S. Johansen, "An empirical transition matrix for non-homogeneous
       Markov chains based on censored observations", Scandinavian Journal of Statistics
       5 (1978).

    Examples
    --------
    Two causes, one patient, three times:

    >>> from magnet_sklearn.metrics import cumulative_incidence
    >>> cumulative_incidence([[[0.5, 0.5, 1.0]], [[0.0, 0.5, 0.5]]]).tolist()
    [[[0.5, 0.5, 0.625]], [[0.0, 0.25, 0.25]]]
    """
    hazards = np.asarray(cumulative_hazards, dtype=float)
    if hazards.ndim != 3:
        raise ValueError(
            "cumulative_hazards must have the shape (n_causes, n_patients, n_times); "
            f"got {hazards.shape}. Stack the frames of the causes with np.stack."
        )
    steps = np.diff(hazards, axis=2, prepend=0.0)
    if not (np.isfinite(hazards).all() and (steps >= 0).all()):
        raise ValueError(
            "cumulative_hazards must be finite and increase in time from 0 on; got "
            "decreasing, negative, NaN or infinite values. Sort the times."
        )
    total = steps.sum(axis=0)
    steps /= np.maximum(total, 1.0)
    stays = np.cumprod(1.0 - np.minimum(total, 1.0), axis=1)
    before = np.hstack([np.ones((len(stays), 1)), stays[:, :-1]])
    return np.cumsum(before * steps, axis=2)
