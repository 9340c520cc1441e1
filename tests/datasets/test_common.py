import numpy as np
from numpy.testing import assert_allclose

from magnet_sklearn.datasets._common import factors_and_weights, generator
from magnet_sklearn.datasets._planted import PlantedModules


def test_every_kind_of_random_state_is_taken():
    draws = [generator(state).random() for state in (3, np.random.default_rng(3))]

    assert draws[0] == draws[1]
    assert generator(np.random.RandomState(0)).random() != draws[0]


def test_the_weighted_sum_of_factors_has_variance_one():
    rng = np.random.default_rng(0)
    planted = PlantedModules(20, 6, 2, 0.5, rng)

    factors, weights = factors_and_weights(20000, planted, rng)

    assert factors.shape == (20000, len(planted.informative))
    assert_allclose((factors @ weights).var(), 1.0, rtol=0.05)
