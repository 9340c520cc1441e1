import numpy as np
import pytest
from scipy.optimize import brentq, minimize_scalar
from scipy.stats import norm

from magnet_sklearn.federated import gaussian_epsilon


@pytest.mark.parametrize("sigma", [0.5, 2.0, 8.0])
@pytest.mark.parametrize("n_rounds", [1, 20])
def test_epsilon_is_the_minimum_over_orders(sigma, n_rounds):
    def bound(log_order):
        order = 1 + np.exp(log_order)
        of_rounds = n_rounds * order / (2 * sigma**2)
        return of_rounds + np.log(1e5) / (order - 1)

    least = minimize_scalar(bound, bounds=(-20, 20), method="bounded").fun

    assert gaussian_epsilon(sigma, n_rounds) == pytest.approx(least, rel=1e-6)


@pytest.mark.parametrize("sigma", [1.0, 4.0])
def test_epsilon_is_no_less_than_the_exact_one(sigma):
    # B. Balle, Y.-X. Wang, "Improving the Gaussian mechanism", ICML 2018, theorem 8
    def delta(epsilon):
        half, shift = 1 / (2 * sigma), epsilon * sigma
        return norm.cdf(half - shift) - np.exp(epsilon) * norm.cdf(-half - shift)

    exact = brentq(lambda epsilon: delta(epsilon) - 1e-5, 1e-3, 50)

    assert exact <= gaussian_epsilon(sigma, 1) <= 1.5 * exact


def test_impossible_arguments_are_refused():
    with pytest.raises(ValueError, match="noise_multiplier"):
        gaussian_epsilon(0.0, 1)
