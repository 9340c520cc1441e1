import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from magnet_sklearn.preprocessing._empirical_bayes import site_effects


def reference(values):
    """Johnson et al. (2007), section 3.2, one feature and one patient at a time."""
    columns = [[v for v in column if not np.isnan(v)] for column in values.T]
    means = [sum(c) / len(c) for c in columns]
    variances = [
        sum((v - m) ** 2 for v in c) / (len(c) - 1)
        for c, m in zip(columns, means, strict=True)
    ]
    n_features = len(columns)
    center = sum(means) / n_features
    tau2 = sum((m - center) ** 2 for m in means) / (n_features - 1)
    V = sum(variances) / n_features
    S2 = sum((v - V) ** 2 for v in variances) / (n_features - 1)
    lam, theta = (V**2 + 2 * S2) / S2, (V**3 + V * S2) / S2
    location, scale = [], []
    for c, m, delta2 in zip(columns, means, variances, strict=True):
        for _ in range(300):
            gamma = (len(c) * tau2 * m + delta2 * center) / (len(c) * tau2 + delta2)
            total = sum((v - gamma) ** 2 for v in c)
            delta2 = (theta + total / 2) / (len(c) / 2 + lam - 1)
        location.append(gamma)
        scale.append(delta2**0.5)
    return location, scale


@pytest.fixture
def values():
    rng = np.random.default_rng(0)
    return rng.normal(0.7, rng.uniform(0.5, 2, size=8), size=(7, 8))


def test_estimates_are_those_of_the_article(values):
    location, scale = site_effects(values, mean_only=False)

    expected_location, expected_scale = reference(values)
    assert_allclose(location, expected_location, rtol=1e-8)
    assert_allclose(scale, expected_scale, rtol=1e-8)


def test_missing_cells_are_left_out_of_all_sums(values):
    values[:3, 0] = values[5, 4] = np.nan

    location, scale = site_effects(values, mean_only=False)

    expected_location, expected_scale = reference(values)
    assert_allclose(location, expected_location, rtol=1e-8)
    assert_allclose(scale, expected_scale, rtol=1e-8)


def test_a_feature_that_the_site_lacks_gets_the_prior_mean(values):
    alone = site_effects(values, mean_only=False)
    with_empty = np.column_stack([values, np.full(len(values), np.nan)])

    location, scale = site_effects(with_empty, mean_only=False)

    assert_allclose(location[:-1], alone[0], rtol=1e-8)
    assert_allclose(location[-1], values.mean())
    assert_allclose(scale[-1] ** 2, values.var(axis=0, ddof=1).mean(), rtol=1e-6)


def test_mean_only_leaves_scales_at_one(values):
    location, scale = site_effects(values, mean_only=True)

    means = values.mean(axis=0)
    weight = 7 * means.var(ddof=1)
    assert_array_equal(scale, 1.0)
    assert_allclose(location, (weight * means + means.mean()) / (weight + 1))


def test_one_feature_has_nothing_to_shrink_towards(values):
    location, scale = site_effects(values[:, :1], mean_only=False)

    assert_allclose(location, values[:, 0].mean())
    assert_allclose(scale, values[:, 0].std(ddof=1))


def test_a_site_that_does_not_vary_is_shifted_and_not_rescaled():
    location, scale = site_effects(np.full((4, 3), 2.0), mean_only=False)

    assert_allclose(location, 2.0)
    assert_allclose(scale, 1.0)
