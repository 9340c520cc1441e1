"""Concordance of risks with the order of events."""

import numpy as np

from magnet_sklearn.data import check_survival
from magnet_sklearn.metrics._censoring import CensoringCurve

# Risks nearer than this are tied, as in scikit-survival.
_TIED = 1e-8


def concordance_index_censored(y, risk):
    """Compute Harrell's concordance index.

    Of all pairs in which one patient has an event before the other one's time (or at
    it, if the other is censored then) and after the other one's entry, the share in
    which the first has the higher risk. Pairs of equal risk count half.

    Parameters
    ----------
    y : structured array or DataFrame of shape (n_patients,)
        Survival times, as in :func:`magnet_sklearn.data.check_survival`.
    risk : array-like of shape (n_patients,)
        Predicted risks; higher is worse.

    Returns
    -------
    concordance : float
        1 is perfect, 0.5 is chance.

    Raises
    ------
    ValueError
        If no two patients can be compared.

    References
    ----------
    .. [1] F. Harrell, K. Lee, D. Mark, "Multivariable prognostic models", Statistics
       in Medicine 15 (1996).

    Examples
    --------
    >>> import pandas as pd
    >>> from magnet_sklearn.metrics import concordance_index_censored
    >>> y = pd.DataFrame({"event": [1, 1, 0], "time": [1.0, 2.0, 3.0]})
    >>> concordance_index_censored(y, [3.0, 1.0, 2.0])
    0.666...
    """
    survival = check_survival(y)
    return concordance(survival, risk, np.ones(len(survival.time)), np.inf)


def concordance_index_ipcw(y_train, y_test, risk, tau=None):
    """Compute Uno's concordance index, which does not depend on the censoring.

    Parameters
    ----------
    y_train : structured array or DataFrame of shape (n_train,)
        Survival times from which the censoring is estimated.
    y_test : structured array or DataFrame of shape (n_patients,)
        Survival times to compare. An event before a patient's entry is not compared
        with this patient; the weights take no times of entry into account.
    risk : array-like of shape (n_patients,)
        Predicted risks; higher is worse.
    tau : float, default=None
        Events from this time on are not compared. None compares all.

    Returns
    -------
    concordance : float
        1 is perfect, 0.5 is chance.

    Raises
    ------
    ValueError
        If no two patients can be compared, or an event before `tau` lies later than
        all training patients are observed.

    References
    ----------
    .. [1] H. Uno et al., "On the C-statistics for evaluating overall adequacy of risk
       prediction procedures with censored survival data", Statistics in Medicine 30
       (2011).

    Examples
    --------
    >>> import pandas as pd
    >>> from magnet_sklearn.metrics import concordance_index_ipcw
    >>> y = pd.DataFrame({"event": [1, 1, 0], "time": [1.0, 2.0, 3.0]})
    >>> concordance_index_ipcw(y, y, [3.0, 1.0, 2.0])
    0.666...
    """
    survival = check_survival(y_test)
    tau = np.inf if tau is None else tau
    late = survival.time >= tau
    counted = survival._replace(event=np.where(late, 0, survival.event))
    weights = CensoringCurve(check_survival(y_train)).weights(counted)
    return concordance(survival, risk, weights**2, tau)


def concordance(survival, risk, weight, tau):
    """Return the weighted share of concordant pairs, in about n log(n) ** 2 steps."""
    risk, time = np.asarray(risk, dtype=float), survival.time
    if risk.shape != time.shape or not np.isfinite(risk).all():
        raise ValueError(
            f"risk has shape {risk.shape} for {len(time)} patients, or is not finite. "
            "Pass one finite number per patient."
        )
    censored = survival.event == 0
    first = np.flatnonzero(~censored & (time < tau))
    ranked = np.sort(risk)
    rank = np.searchsorted(ranked, risk)
    # of each risk: how many are lower, and how many lower or tied
    bounds = [
        np.searchsorted(ranked, risk[first] - _TIED, side="left"),
        np.searchsorted(ranked, risk[first] + _TIED, side="right"),
        np.full(len(first), len(risk)),
    ]
    # who comes after: at tied times the censored; of these not who enters later
    order = np.lexsort([censored, time])
    ends = np.searchsorted(time[order], time[first], side="left")
    ends += _n_events_at(time[~censored], time[first])
    entered = np.argsort(survival.entry)
    starts = np.searchsorted(survival.entry[entered], time[first], side="left")
    lower, at_most, everybody = (
        _counts_below(rank[order], ends, bound)
        - _counts_below(rank[entered], starts, bound)
        for bound in bounds
    )
    comparable = weight[first] @ everybody
    if comparable == 0:
        raise ValueError(
            "No two patients can be compared: there is no event before another "
            "patient's time. Pass more patients."
        )
    return float(weight[first] @ (lower + at_most) / 2 / comparable)


def _n_events_at(times, at):
    """Count the events at each of some times."""
    times = np.sort(times)
    return np.searchsorted(times, at, "right") - np.searchsorted(times, at, "left")


def _counts_below(values, starts, bounds):
    """Count for each start and bound which of the values from there on are below.

    Values are whole numbers from 0 to their count. The rest of the list is cut into
    blocks whose sizes are different powers of two, and these are sorted once.
    """
    n = len(values)
    size, starts = 1, starts.copy()
    counts = np.zeros(len(starts), dtype=np.int64)
    padded = np.full(1 << n.bit_length(), n + 1)
    padded[:n] = values
    while size <= len(padded) // 2:
        block = starts // size
        rows = np.flatnonzero(block % 2)
        if len(rows):
            blocks = np.sort(padded.reshape(-1, size), axis=1)
            offset = np.arange(len(blocks))[:, None] * (n + 2)
            wanted = block[rows] * (n + 2) + bounds[rows]
            found = np.searchsorted((blocks + offset).ravel(), wanted)
            counts[rows] += found - block[rows] * size
            starts[rows] += size
        size *= 2
    whole = starts == 0
    counts[whole] += np.searchsorted(np.sort(values), bounds[whole])
    return counts
