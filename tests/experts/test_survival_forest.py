"""Random forest of survival."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from magnet_sklearn.experts._ridge_cox import RiskSets
from magnet_sklearn.experts._survival_forest import SurvivalForestExpert
from magnet_sklearn.metrics import concordance_index_censored


@pytest.fixture
def cohort():
    """Risk by an interaction that no linear model sees."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 4))
    died = rng.exponential(np.exp(-2 * np.tanh(2 * X[:, 0] * X[:, 1])))
    left = rng.exponential(2, 300)
    zero = np.zeros(300)
    return X, np.column_stack([zero, np.minimum(died, left), died < left, zero])


def concordance(y, risk):
    times = pd.DataFrame({"event": y[:, 2] > 0, "time": y[:, 1]})
    return concordance_index_censored(times, risk)


def test_an_interaction_is_found_out_of_bag_and_in_new_patients(cohort):
    X, y = cohort
    expert = SurvivalForestExpert(random_state=0).fit(X[:200], y[:200])

    has_vote, log_hazard = expert.out_of_bag()

    assert has_vote.all()
    assert concordance(y[:200], log_hazard) > 0.58
    assert concordance(y[200:], expert.predict(X[200:])) > 0.58


def test_out_of_bag_log_hazards_are_on_the_scale_of_a_cox_regression(cohort):
    X, y = cohort
    expert = SurvivalForestExpert(random_state=0).fit(X, y)

    log_hazard = expert.out_of_bag()[1]

    gradient, _ = RiskSets(y, np.ones(300)).derivatives(log_hazard)
    assert_allclose(log_hazard.mean(), 0, atol=1e-9)
    assert_allclose(gradient @ log_hazard / 300, 0, atol=1e-3)


def test_noise_hardly_moves_the_log_hazard(cohort):
    _, y = cohort
    noise = np.random.default_rng(1).normal(size=(300, 4))

    expert = SurvivalForestExpert(random_state=0).fit(noise, y)

    assert np.std(expert.out_of_bag()[1]) < 0.25


def test_one_patient_is_predicted_as_among_all(cohort):
    X, y = cohort
    expert = SurvivalForestExpert(random_state=0).fit(X, y)

    alone = [expert.predict(row[None])[0] for row in X[:5]]

    assert_allclose(alone, expert.predict(X)[:5])


def test_weights_of_ones_equal_none_and_the_seed_decides(cohort):
    X, y = cohort
    first, weighted, other = (
        SurvivalForestExpert(random_state=seed).fit(X, y, weight).predict(X)
        for seed, weight in ((0, None), (0, np.ones(300)), (1, None))
    )

    assert_array_equal(first, weighted)
    assert not np.allclose(first, other)
