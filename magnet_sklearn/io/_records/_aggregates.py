"""From dated values to one number per patient and feature."""

from __future__ import annotations

import numpy as np

from magnet_sklearn.io._records._moments import NO_DATE

_YEAR = 365.25 * 86_400e6  # microseconds


class Groups:
    """Values of the same patient and feature, side by side and in order of time.

    Parameters
    ----------
    group : int ndarray of shape (n_values,)
        Group of each value, ascending.
    time : int64 ndarray of shape (n_values,)
        Microseconds; ascending in a group; NO_DATE for none.
    value : float ndarray of shape (n_values,)
        Values.
    """

    def __init__(self, group: np.ndarray, time: np.ndarray, value: np.ndarray) -> None:
        self.starts = np.flatnonzero(np.diff(group, prepend=-1))
        self.ends = np.append(self.starts[1:], len(group))
        self._time, self._value = time, value

    def aggregate(self, name: str) -> np.ndarray:
        """Return one number per group."""
        return getattr(self, f"_{name}")()

    def first_picked(self, name: str) -> np.ndarray | None:
        """Return the place of the value that is the aggregate, if one is."""
        if name in ("first", "last"):
            return self.starts if name == "first" else self.ends - 1
        return None

    def _last(self):
        return self._value[self.ends - 1]

    def _first(self):
        return self._value[self.starts]

    def _count(self):
        return (self.ends - self.starts).astype(float)

    def _any(self):
        return np.ones(len(self.starts))

    def _mean(self):
        return self._sum(self._value) / self._count()

    def _min(self):
        return np.minimum.reduceat(self._value, self.starts)

    def _max(self):
        return np.maximum.reduceat(self._value, self.starts)

    def _slope(self):
        """Return least-squares slopes a year; NaN for fewer than two times."""
        dated = (self._time != NO_DATE).astype(float)
        size = self.ends - self.starts
        since = np.where(
            dated > 0, self._time - self._time[self.ends - 1].repeat(size), 0
        )
        years = since / _YEAR
        n = self._sum(dated)
        with np.errstate(invalid="ignore", divide="ignore"):
            years = (years - (self._sum(years * dated) / n).repeat(size)) * dated
            mean = (self._sum(self._value * dated) / n).repeat(size)
            spread = self._sum(years**2)
            slope = self._sum(years * (self._value - mean)) / spread
        return np.where(spread > 0, slope, np.nan)

    def _sum(self, values):
        return np.add.reduceat(values, self.starts)
