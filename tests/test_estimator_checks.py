"""scikit-learn's checks and our own, on every estimator."""

import pytest
from common.checks import CHECKS
from common.instances import (
    EXPECTED_FAILURES,
    INSTANCES,
    TINY,
    make_classifier,
    target_for,
)
from sklearn.base import clone
from sklearn.utils.estimator_checks import parametrize_with_checks

from magnet_sklearn import MultiModalGNNRegressor


@parametrize_with_checks(
    [
        make_classifier(),
        make_classifier(early_stopping=False),
        MultiModalGNNRegressor(**TINY),
    ],
    expected_failed_checks=lambda estimator: EXPECTED_FAILURES,
)
def test_scikit_learn_check(estimator, check):
    check(estimator)


@pytest.fixture(scope="module", params=INSTANCES)
def fitted(request):
    """Every instance in turn, fitted on the same patients."""
    estimator = clone(INSTANCES[request.param])
    return estimator.fit(*target_for(estimator))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_common_check(fitted, check):
    check(fitted)
