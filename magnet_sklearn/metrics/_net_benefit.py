"""Net benefit of treating those whose predicted probability is high."""

import numpy as np
import pandas as pd

from magnet_sklearn.data import Survival, as_pandas, check_survival
from magnet_sklearn.metrics._kaplan_meier import kaplan_meier


def net_benefit(y, probability, thresholds=None, *, horizon=None):
    """Net benefit of acting on a predicted probability: a decision curve.

    Someone who acts from the threshold probability t on regards one needless treatment
    as t / (1 - t) times as bad as one treatment in need is good. The net benefit is the
    share of patients treated in need less that of needless treatments times this
    factor [1]_. A model is of use where its curve is above those of treating all and of
    treating none, which is 0.

    Parameters
    ----------
    y : array-like of shape (n_patients,), or survival times
        Whether each patient has the event (bool, or 0 and 1); with `horizon` survival
        times, as in :func:`magnet_sklearn.data.check_survival`.
    probability : array-like of shape (n_patients,)
        Predicted probability of the event (with `horizon`: until then).
    thresholds : array-like of shape (n_thresholds,), default=None
        Probabilities in (0, 1) from which on somebody would act. None is 0.01, 0.02,
        ..., 0.99.
    horizon : float, default=None
        Time until which events count, in the units of y. Of the patients who are
        treated, the share with an event is then the Kaplan-Meier estimate [2]_.

    Returns
    -------
    curve : DataFrame of shape (n_thresholds, 2)
        Columns `model` and `treat_all`, by threshold. NaN where none of the treated
        patients is followed up to `horizon`.

    Raises
    ------
    ValueError
        If y is not of 0 and 1, a probability or threshold is outside of its range, or
        lengths differ.

    References
    ----------
    .. [1] A. Vickers, E. Elkin, "Decision curve analysis: a novel method for evaluating
       prediction models", Medical Decision Making 26 (2006).
    .. [2] A. Vickers, A. Cronin, E. Elkin, M. Gonen, "Extensions to decision curve
       analysis", BMC Medical Informatics and Decision Making 8 (2008).

    Examples
    --------
    >>> from magnet_sklearn.metrics import net_benefit
    >>> net_benefit([1, 1, 0, 0], [0.9, 0.4, 0.6, 0.1], [0.2, 0.5])
               model  treat_all
    threshold
    0.2       0.4375      0.375
    0.5       0.0000      0.000
    """
    survival = _as_survival(y, horizon)
    probability = np.asarray(probability, dtype=float)
    _check(probability, "probability", len(survival.time), closed=True)
    if thresholds is None:
        thresholds = np.arange(1, 100) / 100
    thresholds = np.atleast_1d(np.asarray(thresholds, dtype=float))
    _check(thresholds, "thresholds", len(thresholds), closed=False)
    horizon = 1.0 if horizon is None else float(horizon)
    events = 1 - kaplan_meier(survival, horizon)[0]
    shares = np.array(
        [_treated(survival, probability >= t, horizon) for t in thresholds]
    )
    curve = {
        "model": _benefit(shares[:, 0], shares[:, 1], thresholds),
        "treat_all": _benefit(1.0, events, thresholds),
    }
    return pd.DataFrame(curve, pd.Index(thresholds, name="threshold"))


def _treated(survival, rows, horizon):
    """Return the share of patients treated, and that treated in need."""
    if not rows.any():
        return 0.0, 0.0
    share = rows.mean()
    chosen = Survival(*(part[rows] for part in survival))
    return share, share * (1 - kaplan_meier(chosen, horizon)[0])


def _benefit(treated, in_need, threshold):
    """Return the net benefit from shares of patients."""
    return in_need - (treated - in_need) * threshold / (1 - threshold)


def _as_survival(y, horizon):
    """Events at time 1; without a horizon those who have none are followed up to 1."""
    if horizon is not None:
        survival = check_survival(y)
        return survival._replace(event=(survival.event == 1).astype(int))
    event = check_event(y)
    n = len(event)
    return Survival(event, np.ones(n), np.full(n, -np.inf))


def check_event(y) -> np.ndarray:
    """Return whether each patient has the event, as 0 and 1."""
    event = np.asarray(as_pandas(y))
    if event.ndim != 1 or not np.isin(event, [0, 1]).all():
        raise ValueError(
            "y must be whether each patient has the event, 0 or 1; got values such as "
            f"{np.unique(event.ravel())[:5].tolist()} in shape {event.shape}. Pass y "
            "== 'relapse', say, or survival times and horizon."
        )
    return event.astype(int)


def _check(values, name, n, *, closed):
    """Refuse what are no probabilities."""
    inside = (values >= 0) & (values <= 1) if closed else (values > 0) & (values < 1)
    if values.shape != (n,) or not inside.all():
        outside = values[~inside][:5].tolist()
        raise ValueError(
            f"{name} must be {n} numbers in {'[0, 1]' if closed else '(0, 1)'}; got "
            f"shape {values.shape}{f' and {outside}' if outside else ''}."
        )
