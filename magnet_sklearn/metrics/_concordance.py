"""Concordance of risks with the order of events."""

import numpy as np

from magnet_sklearn.data import check_survival
from magnet_sklearn.metrics._censoring import CensoringCurve

# Risks nearer than this are tied, as in scikit-survival.
_TIED = 1e-8


def concordance_index_censored(y, risk):
    """Compute Harrell's concordance index.

    Of all pairs in which one patient has an event before the other one's time (or at
    it, if the other is censored then), the share in which the first has the higher
    risk. Pairs of equal risk count half.

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
        Survival times to compare.
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
    """Return the weighted share of concordant pairs; one row of pairs at a time."""
    risk, time = np.asarray(risk, dtype=float), survival.time
    if risk.shape != time.shape or not np.isfinite(risk).all():
        raise ValueError(
            f"risk has shape {risk.shape} for {len(time)} patients, or is not finite. "
            "Pass one finite number per patient."
        )
    censored = survival.event == 0
    concordant = comparable = 0.0
    for i in np.flatnonzero(~censored & (time < tau)):
        later = (time > time[i]) | ((time == time[i]) & censored)
        difference = risk[i] - risk[later]
        tied = np.abs(difference) <= _TIED
        concordant += weight[i] * (np.sum((difference > 0) & ~tied) + tied.sum() / 2)
        comparable += weight[i] * len(difference)
    if comparable == 0:
        raise ValueError(
            "No two patients can be compared: there is no event before another "
            "patient's time. Pass more patients."
        )
    return float(concordant / comparable)
