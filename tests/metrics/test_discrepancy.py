"""The discrepancy finds what columns alone do not show."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from sklearn.metrics.pairwise import rbf_kernel

from magnet_sklearn.metrics import maximum_mean_discrepancy, population_stability_index


def _p_value(old, new, **options):
    return maximum_mean_discrepancy({"a": old}, {"a": new}, **options)["p_value"]["a"]


def test_discrepancy_is_the_difference_of_mean_kernels():
    rng = np.random.default_rng(0)
    old, new = rng.normal(size=(20, 3)), rng.normal(1, size=(15, 3))
    a, b = ((values - old.mean(0)) / old.std(0) for values in (old, new))
    both = np.vstack([a, b])
    squared = ((both[:, None] - both) ** 2).sum(axis=2)
    gamma = 1 / (2 * np.median(squared[np.triu_indices(35, 1)]))
    slow = (
        rbf_kernel(a, a, gamma).mean()
        + rbf_kernel(b, b, gamma).mean()
        - 2 * rbf_kernel(a, b, gamma).mean()
    )

    found = maximum_mean_discrepancy({"a": old}, {"a": new}, n_permutations=10)

    assert found["mmd"]["a"] == pytest.approx(slow)


def test_p_values_are_uniform_without_drift():
    p_values = []
    for seed in range(150):
        rng = np.random.default_rng(seed)
        old, new = rng.normal(size=(40, 3)), rng.normal(size=(30, 3))
        p_values.append(_p_value(old, new, n_permutations=99, random_state=seed))

    shares = [np.mean(np.array(p_values) <= level) for level in (0.05, 0.25, 0.5, 0.75)]
    assert_allclose(shares, [0.05, 0.25, 0.5, 0.75], atol=0.1)


def test_a_shift_is_found():
    rng = np.random.default_rng(0)
    found = [
        _p_value(
            rng.normal(size=(60, 5)), rng.normal(0.5, size=(60, 5)), n_permutations=99
        )
        for _ in range(20)
    ]

    assert np.mean(np.array(found) < 0.05) > 0.9


def test_a_lost_correlation_is_found_that_no_column_shows():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(300, 1))
    old = np.hstack([x, x + 0.1 * rng.normal(size=(300, 1))])
    new = np.column_stack([old[:, 0], rng.permutation(old[:, 1])])

    assert _p_value(old, new, n_permutations=199) == pytest.approx(1 / 200)
    assert population_stability_index({"a": old}, {"a": new})["psi"].max() < 1e-9


def test_categories_and_missing_cells_are_compared():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"c": rng.choice(["a", "b"], 200), "x": rng.normal(size=200)})
    frame.loc[::3, "x"] = np.nan

    assert _p_value(frame[:100], frame[100:]) > 0.01
    assert _p_value(frame[:100], frame[100:].assign(c="a")) < 0.01


def test_missing_modalities_have_no_value():
    old = {"a": np.eye(5), "b": np.eye(5)}
    found = maximum_mean_discrepancy(old, {"a": np.eye(5)}, n_permutations=9)

    assert np.isnan(found.loc["b", "p_value"])
    assert found.loc["b", "n_new"] == 0


def test_large_cohorts_are_sampled_the_same_each_time():
    rng = np.random.default_rng(0)
    old, new = rng.normal(size=(300, 2)), rng.normal(size=(300, 2))
    options = {"max_patients": 50, "n_permutations": 49, "random_state": 3}

    assert _p_value(old, new, **options) == _p_value(old, new, **options)
