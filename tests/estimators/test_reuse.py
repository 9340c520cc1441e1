"""Fits inside `reusing_stages` share what does not depend on what they vary."""

import numpy as np
import pytest
from common.cohorts import make_patients
from common.instances import make_classifier
from numpy.testing import assert_array_equal

from magnet_sklearn._estimators import StageCache, reusing_stages


@pytest.fixture(scope="module")
def patients():
    return make_patients()


def test_networks_that_vary_share_preprocessing_and_experts(patients):
    cache = StageCache()
    with reusing_stages(cache):
        for hidden_dim in (8, 16, 32):
            make_classifier(hidden_dim=hidden_dim).fit(*patients)
    assert (cache.hits, cache.misses) == (4, 2)


def test_shared_stages_change_no_prediction(patients):
    X, y = patients
    cache = StageCache()
    for parameters in ({"gate": 0.5}, {"gate": 0.5, "dropout": 0.0}, {"gate": 0.5}):
        with reusing_stages(cache):
            shared = make_classifier(**parameters).fit(X, y)
        alone = make_classifier(**parameters).fit(X, y)
        assert_array_equal(shared.predict_proba(X), alone.predict_proba(X))
    assert cache.hits == 4


@pytest.mark.parametrize(
    "parameters", [{"experts": "linear"}, {"random_state": 1}], ids=str
)
def test_other_experts_are_fitted_anew(patients, parameters):
    cache = StageCache()
    with reusing_stages(cache):
        make_classifier().fit(*patients)
        make_classifier(**parameters).fit(*patients)
    assert (cache.hits, cache.misses) == (1, 3)  # preprocessing is shared


def test_other_patients_or_targets_are_fitted_anew(patients):
    X, y = patients
    cache = StageCache()
    with reusing_stages(cache):
        make_classifier().fit(X, y)
        make_classifier().fit(X[:-5], y[:-5])
        make_classifier().fit(X, np.roll(y, 1))
    assert cache.hits == 0


def test_outside_nothing_is_shared(patients):
    cache = StageCache()
    with reusing_stages(cache):
        pass
    make_classifier().fit(*patients)
    assert cache.misses == 0
