"""Time series: scaled for networks, and what simple models learn from."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from magnet_sklearn.data import TimedArray
from magnet_sklearn.preprocessing._places import PlacesScaling

_WINDOWS = 3  # of the time that training patients were observed


@dataclass(frozen=True)
class SeriesBlock:
    """Scaled time, then standardised channels; NaN where nothing was measured.

    Parameters
    ----------
    has_times : bool
        Whether the block says when; otherwise the place of a step is its time.
    start, length : float
        Of the time of the training patients.
    scaling : PlacesScaling
        Of the channels.
    """

    has_times: bool
    start: float
    length: float
    scaling: PlacesScaling
    fill: ClassVar[float] = 0.0
    feature_names: ClassVar[None] = None
    input_names: ClassVar[None] = None
    category_codes: ClassVar[tuple] = ()
    category_sizes: ClassVar[list[int]] = []

    @classmethod
    def fit(cls, block: np.ndarray) -> "SeriesBlock":
        """Learn scales from patients who have the block."""
        has_times = isinstance(block, TimedArray)
        times, channels = _times(block, has_times), channels_of(block, has_times)
        start = float(np.nanmin(times))
        length = float(np.nanmax(times)) - start
        return cls(has_times, start, length or 1.0, PlacesScaling.fit(channels))

    def transform(
        self, block: np.ndarray, observed: np.ndarray, *, impute: bool
    ) -> np.ndarray:
        """Block of shape (n_patients, n_steps, 1 + n_channels)."""
        channels = channels_of(block, self.has_times)
        times = (_times(block, self.has_times) - self.start) / self.length
        scaled = self.scaling.apply(channels, fill=False)
        table = np.concatenate([times[:, :, None], scaled], axis=2)
        table[~observed] = np.nan
        return table.view(TimedArray)


def series_features(block: np.ndarray) -> np.ndarray:
    """Summaries of each channel of scaled time series; NaN where it has no value.

    Last, mean, smallest, largest value, standard deviation, slope, number of
    measurements (logarithm), and means of thirds of the time.
    """
    block = np.asarray(block, dtype=np.float64)
    times, values = block[:, :, :1], block[:, :, 1:]
    known = ~np.isnan(values)
    count = known.sum(axis=1)
    values = np.where(known, values, 0.0)
    times = np.where(known, times, 0.0)
    mean = _mean(values, known)
    centred = np.where(known, values - mean[:, None], 0.0)
    since = np.where(known, times - _mean(times, known)[:, None], 0.0)
    spread = (since**2).sum(axis=1)
    slope = (since * centred).sum(axis=1) / np.where(spread > 0, spread, np.nan)
    low = np.where(known, values, np.inf).min(axis=1)
    high = np.where(known, values, -np.inf).max(axis=1)
    parts = [
        _last(values, known),
        mean,
        np.where(count > 0, low, np.nan),
        np.where(count > 0, high, np.nan),
        np.sqrt(_mean(centred**2, known)),
        slope,
        np.log1p(count),
    ]
    window = np.clip(times * _WINDOWS, 0, _WINDOWS - 1).astype(int)
    parts += [_mean(values, known & (window == place)) for place in range(_WINDOWS)]
    return np.hstack(parts)


def channels_of(block: np.ndarray, has_times: bool) -> np.ndarray:
    """Return the block without its times."""
    values = np.asarray(block)
    return values[:, :, 1:] if has_times else values


def _times(block, has_times):
    """Return times of shape (n_patients, n_steps), NaN where nothing was measured."""
    values = np.asarray(block)
    if has_times:
        return values[:, :, 0]
    steps = np.arange(values.shape[1], dtype=np.float64)
    return np.where(np.isnan(values).all(axis=2), np.nan, steps)


def _mean(values, known):
    """Mean of the known cells of each patient and channel; NaN without any."""
    count = known.sum(axis=1)
    total = np.where(known, values, 0.0).sum(axis=1)
    return total / np.where(count > 0, count, np.nan)


def _last(values, known):
    """Last known value of each patient and channel; steps are in order of time."""
    place = known.shape[1] - 1 - known[:, ::-1].argmax(axis=1)
    last = np.take_along_axis(values, place[:, None], axis=1)[:, 0]
    return np.where(known.any(axis=1), last, np.nan)
