"""Survival times as scikit-survival, lifelines and cohort portals have them."""

import warnings
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from pandas.api import types

from magnet_sklearn.data._survival_names import choose_columns
from magnet_sklearn.data._survival_values import durations, event_codes

_MOST_CAUSES = 20


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


def check_survival(
    y: Any, event: Any = None, time: Any = None, entry: Any = None
) -> Survival:
    """Check survival times and take them apart.

    Parameters
    ----------
    y : structured array or DataFrame of shape (n_patients,)
        Fields or columns `event`, `time` and optionally `entry`; or one pair of an
        event and its time, such as OS and OS.time, PFS_STATUS and PFS_MONTHS, status
        and time. Of a structured array with other names the first two fields are taken,
        as scikit-survival's have them.
    event : str, default=None
        Name of the column with the events. If None, found as said above. Events are
        bool, 0 (censored) and the number of a cause, or text such as "TRUE",
        "1:DECEASED", "alive".
    time : str, default=None
        Name of the column with the times, numbers from 0 on. If None, found as said
        above.
    entry : str, default=None
        Name of the column with the times from which patients were observed. If None,
        the column `entry` if there is one.

    Returns
    -------
    survival : Survival
        Event, time and entry time.

    Raises
    ------
    TypeError
        If y is neither a structured array nor a frame with such columns.
    ValueError
        If several pairs of columns are there, a value is missing, infinite, negative
        or unreadable, times are dates or timedeltas, event and time are exchanged, or
        a patient leaves before entry.

    Warns
    -----
    UserWarning
        If nobody is censored and several codes of events occur, as where 1 stands for
        censored and 2 for dead.

    Examples
    --------
    >>> import pandas as pd
    >>> from magnet_sklearn.data import check_survival
    >>> check_survival(pd.DataFrame({"event": [1, 0], "time": [3.0, 5.0]})).time
    array([3., 5.])
    >>> y = pd.DataFrame({"OS": ["1:DECEASED", "0:LIVING"], "OS.time": [3.0, 5.0]})
    >>> check_survival(y).event
    array([1, 0])
    """
    columns = event_and_time(y, event, time, entry)
    _check_not_swapped(columns["event"], columns["time"])
    codes = event_codes(columns["event"])
    times = durations(columns["time"], "time")
    _check_coding(columns["event"].name, codes)
    if "entry" not in columns:
        return Survival(codes, times, np.full(len(times), -np.inf))
    entries = durations(columns["entry"], "entry")
    bad = np.flatnonzero(entries >= times)
    if len(bad):
        raise ValueError(
            f"{len(bad)} patient(s) do not leave after they entered, first in row(s) "
            f"{bad[:5].tolist()}: entry {entries[bad[:5]].tolist()}, time "
            f"{times[bad[:5]].tolist()}. Entry must be earlier than time."
        )
    return Survival(codes, times, entries)


def event_and_time(
    y: Any, event: Any = None, time: Any = None, entry: Any = None
) -> dict[str, pd.Series]:
    """Return event, time and entry by name."""
    is_frame = isinstance(y, pd.DataFrame)
    fields = getattr(getattr(y, "dtype", None), "names", None) or ()
    if not is_frame and (not fields or np.ndim(y) != 1):
        raise TypeError(_not_survival(y))
    names = list(y.columns if is_frame else fields)
    chosen = choose_columns(names, event, time, entry, by_place=not is_frame)
    return {role: _series(y, name) for role, name in chosen.items()}


def _series(y: Any, name: Any) -> pd.Series:
    values = y[name]
    if isinstance(values, pd.DataFrame):
        raise ValueError(
            f"Survival y has {values.shape[1]} columns called {name!r}. Rename or drop "
            "all but one."
        )
    if isinstance(values, np.ndarray) and values.dtype.kind == "S":
        values = np.char.decode(values)
    return pd.Series(values, name=name).reset_index(drop=True)


def _not_survival(y: Any) -> str:
    got, remedy = type(y).__name__, "{'event': event, 'time': time}"
    if isinstance(y, tuple | list) and len(y) == 2:
        got, remedy = f"{got} of two", "{'event': y[0], 'time': y[1]}"
    elif isinstance(y, dict):
        remedy = "y"
    elif np.ndim(y) == 2 and np.shape(y)[1] == 2:
        got = f"{got} of shape {np.shape(y)}"
        remedy = "{'event': y[:, 0], 'time': y[:, 1]}"
    return (
        "Survival y must be a DataFrame with the columns 'event' and 'time', or a "
        f"structured array with these fields; got {got}. Make one with "
        f"pd.DataFrame({remedy})."
    )


def _check_not_swapped(event: pd.Series, time: pd.Series) -> None:
    """Refuse times that are flags, beside events that are times."""
    flags = time.dropna()
    if types.infer_dtype(flags) == "boolean":
        swapped = True
    elif not types.is_numeric_dtype(time) or not types.is_numeric_dtype(event):
        return
    else:
        codes = event.dropna().to_numpy(dtype=float)
        long = (codes > _MOST_CAUSES) | ((codes > 1) & (codes != np.round(codes)))
        swapped = bool(long.any() and flags.isin([0, 1]).all())
    if swapped:
        raise ValueError(
            f"event and time of survival y seem to be exchanged: column {event.name!r} "
            f"(event) has values such as {event.unique()[:5].tolist()}, column "
            f"{time.name!r} (time) only {sorted(flags.unique().tolist())}. Exchange "
            "the names; in a structured array the event comes first: "
            f"y[[{time.name!r}, {event.name!r}]]."
        )


def _check_coding(name: Any, codes: np.ndarray) -> None:
    """Warn where 1 may stand for censored and 2 for an event, as in R."""
    seen = np.unique(codes)
    if len(seen) > 1 and seen[0] > 0:
        warnings.warn(
            f"Nobody is censored in column {name!r} (event) of survival y: its codes "
            f"are {seen[:5].tolist()}, and each is taken as a cause, only 0 as "
            f"censored. If 1 stands for censored, as in R, pass y[{name!r}] == "
            f"{seen[-1]}.",
            UserWarning,
            stacklevel=3,
        )
