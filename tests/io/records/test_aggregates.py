"""Aggregates are those that a loop over patients computes."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from magnet_sklearn.io._records import NO_DATE
from magnet_sklearn.io._records._aggregates import Groups

YEAR = 365.25 * 86_400e6
SLOW = {
    "last": lambda time, value: value[-1],
    "first": lambda time, value: value[0],
    "mean": lambda time, value: np.mean(value),
    "min": lambda time, value: np.min(value),
    "max": lambda time, value: np.max(value),
    "count": lambda time, value: len(value),
    "any": lambda time, value: 1,
    "slope": lambda time, value: (
        np.polyfit((time - time[0]) / YEAR, value, 1)[0]
        if len(set(time)) > 1
        else np.nan
    ),
}


@pytest.mark.parametrize("name", SLOW)
def test_aggregate_is_that_of_a_loop(name):
    rng = np.random.default_rng(0)
    group = np.sort(rng.integers(0, 12, 60))
    time = rng.integers(0, int(9 * YEAR), 60) + int(30 * YEAR)
    time[group == 3] = time[0]  # all at one time
    order = np.lexsort((time, group))
    time, value = time[order], rng.normal(size=60)

    expected = [
        SLOW[name](time[group == one], value[group == one]) for one in np.unique(group)
    ]

    assert_allclose(Groups(group, time, value).aggregate(name), expected)


def test_slope_leaves_values_without_a_date_out():
    time = np.array([NO_DATE, 0, int(YEAR)])

    groups = Groups(np.zeros(3, dtype=int), time, np.array([99.0, 1.0, 3.0]))

    assert_allclose(groups.aggregate("slope"), [2.0])
