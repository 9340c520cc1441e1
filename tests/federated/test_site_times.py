import numpy as np
from numpy.testing import assert_allclose

from magnet_sklearn.federated._site_times import sums_at_times


def test_sums_at_times_are_those_of_a_loop():
    rng = np.random.default_rng(0)
    grid = np.arange(1.0, 11.0)
    time = np.where(
        rng.random(30) < 0.5, rng.integers(1, 11, 30), rng.uniform(0, 10, 30)
    )
    entry = np.where(rng.random(30) < 0.3, time / 2, -np.inf)
    times = np.column_stack([rng.random(30) < 0.6, time, entry])
    weight, theta = rng.random(30), rng.random((30, 2))

    deaths, at_risk = sums_at_times(times, weight, theta, grid)

    expected = np.zeros((2, 10))
    expected_deaths = np.zeros(10)
    for (event, out, came), w, hazard in zip(times, weight, theta, strict=True):
        last = np.ceil(out) if event else np.floor(out)
        for place, moment in enumerate(grid):
            if came < moment <= last:
                expected[:, place] += w * hazard
        if event:
            expected_deaths[int(last) - 1] += w
    assert_allclose(deaths, expected_deaths)
    assert_allclose(at_risk, expected, atol=1e-12)
