"""Survival times as scikit-survival and lifelines users have them."""

from typing import NamedTuple

import numpy as np
import pandas as pd


class Survival(NamedTuple):
    """Checked survival times of some patients.

    Parameters
    ----------
    event : int ndarray of shape (n_patients,)
        0 = censored, else the cause of the event.
    time : ndarray of shape (n_patients,)
        Time of event or censoring, at least 0, in the units given.
    entry : ndarray of shape (n_patients,)
        Time from which the patient was observed; -inf where from the start.
    """

    event: np.ndarray
    time: np.ndarray
    entry: np.ndarray


def check_survival(y):
    """Check survival times and take them apart.

    Parameters
    ----------
    y : structured array or DataFrame of shape (n_patients,)
        Fields or columns `event` (bool, or 0 and the number of a cause), `time` and
        optionally `entry`. A structured array may name its first two fields otherwise,
        as scikit-survival's do.

    Returns
    -------
    survival : Survival
        Event, time and entry time.

    Raises
    ------
    TypeError
        If y is neither a structured array nor a frame with these columns.
    ValueError
        If a value is missing, infinite, negative, or a patient leaves before entry.

    Examples
    --------
    >>> import pandas as pd
    >>> from magnet_sklearn.data import check_survival
    >>> check_survival(pd.DataFrame({"event": [1, 0], "time": [3.0, 5.0]})).time
    array([3., 5.])
    """
    columns = _columns(y)
    event = columns["event"].astype(float)
    time = columns["time"].astype(float)
    entry = np.asarray(columns.get("entry", np.full(len(time), -np.inf)), dtype=float)
    for name, values in (("event", event), ("time", time)):
        bad = np.flatnonzero(~np.isfinite(values) | (values < 0))
        if len(bad):
            raise ValueError(
                f"{name} of survival y has {len(bad)} missing, infinite or negative "
                f"value(s), first in row(s) {bad[:5].tolist()}: "
                f"{values[bad[:5]].tolist()}. Leave these patients out."
            )
    if not np.array_equal(event, np.round(event)):
        raise ValueError(
            "event of survival y has values that are not whole numbers. Pass True or 1 "
            "for an event, False or 0 for censoring."
        )
    bad = np.flatnonzero(np.isnan(entry) | (entry >= time))
    if "entry" in columns and len(bad):
        raise ValueError(
            f"{len(bad)} patient(s) do not leave after they entered, first in row(s) "
            f"{bad[:5].tolist()}: entry {entry[bad[:5]].tolist()}, time "
            f"{time[bad[:5]].tolist()}. Entry must be earlier than time."
        )
    return Survival(event.astype(int), time, entry)


def _columns(y):
    """Return event, time and entry by name."""
    if isinstance(y, pd.DataFrame) and {"event", "time"} <= set(y.columns):
        names = [name for name in ("event", "time", "entry") if name in y.columns]
        return {name: y[name].to_numpy() for name in names}
    fields = getattr(getattr(y, "dtype", None), "names", None)
    if fields is None or len(fields) < 2:
        got = list(y.columns) if isinstance(y, pd.DataFrame) else type(y).__name__
        raise TypeError(
            "Survival y must be a DataFrame with the columns 'event' and 'time', or a "
            f"structured array with these fields; got {got}. Make one with "
            "pd.DataFrame({'event': event, 'time': time})."
        )
    if {"event", "time"} <= set(fields):
        return {name: y[name] for name in fields}
    return {"event": y[fields[0]], "time": y[fields[1]]}
