"""What held-out residuals tell about the spread of predictions."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from magnet_sklearn._targets._residuals import ResidualQuantiles

LEVELS = np.array([0.1, 0.25, 0.5, 0.75, 0.9])


def simulated(n_patients, seed=0):
    """Residuals that are twice as wide where one of two modalities is missing."""
    rng = np.random.default_rng(seed)
    mask = np.ones((n_patients, 2), dtype=bool)
    mask[::2, 1] = False
    spread = np.where(mask.all(axis=1), 1.0, 2.0)
    return mask, (spread * rng.normal(size=n_patients))[:, None]


def fitted(mask, residual, weight=None):
    weight = np.ones(len(mask)) if weight is None else weight
    return ResidualQuantiles().fit(mask, residual, np.zeros_like(residual), weight)


def test_new_residuals_lie_below_a_quantile_as_often_as_its_level_says():
    model = fitted(*simulated(2000))
    mask, residual = simulated(4000, seed=1)

    below = residual <= model.quantiles(mask, LEVELS)

    shares = below[:, :, 0].mean(axis=1)
    assert_allclose(shares, LEVELS, atol=0.03)
    for complete in (True, False):
        rows = mask.all(axis=1) == complete
        assert_allclose(below[:, rows, 0].mean(axis=1), LEVELS, atol=0.05)


def test_patients_with_fewer_modalities_get_wider_intervals():
    mask, residual = simulated(400)

    quantiles = fitted(mask, residual).quantiles(mask[:2], LEVELS)[:, :, 0]

    width = quantiles[-1] - quantiles[0]
    assert_allclose(width[0] / width[1], 2, rtol=0.2)


def test_quantiles_increase_in_the_level():
    mask, residual = simulated(31)

    quantiles = fitted(mask, residual).quantiles(mask, np.linspace(0.01, 0.99, 40))

    assert (np.diff(quantiles, axis=0) >= 0).all()


def test_quantiles_scale_with_the_residuals():
    mask, residual = simulated(60)
    plain = fitted(mask, residual).quantiles(mask, LEVELS)

    assert_allclose(fitted(mask, 1e3 * residual).quantiles(mask, LEVELS), 1e3 * plain)


def test_few_patients_get_the_whole_range_for_extreme_levels():
    mask, residual = simulated(9)

    levels = np.array([0.05, 0.95])
    quantiles = fitted(mask, residual).quantiles(mask, levels)[:, :, 0]

    assert (quantiles[0] <= residual[:, 0]).all()
    assert (quantiles[1] >= residual[:, 0]).all()


def test_patients_of_weight_zero_count_nowhere():
    mask, residual = simulated(80)
    weight = np.where(np.arange(80) < 40, 1.0, 0.0)
    changed = residual.copy()
    changed[40:] = 1e6

    assert_array_equal(
        fitted(mask, changed, weight).quantiles(mask, LEVELS),
        fitted(mask, residual, weight).quantiles(mask, LEVELS),
    )


def test_a_number_of_modalities_nobody_had_gets_the_spread_of_all():
    mask = np.ones((50, 3), dtype=bool)
    residual = np.random.default_rng(0).normal(size=(50, 1))
    model = fitted(mask, residual)
    unseen = np.array([[True, False, False]])

    assert_allclose(model.quantiles(unseen, LEVELS), model.quantiles(mask[:1], LEVELS))


@pytest.mark.parametrize("n_targets", [1, 3])
def test_exact_predictions_have_no_spread(n_targets):
    mask = np.ones((20, 2), dtype=bool)

    quantiles = fitted(mask, np.zeros((20, n_targets))).quantiles(mask, LEVELS)

    assert quantiles.shape == (5, 20, n_targets)
    assert_array_equal(quantiles, 0)
