"""scikit-learn's checks and our own, on every estimator."""

import pytest
from common.checks import CHECKS
from common.cohorts import make_patients
from common.instances import EXPECTED_FAILURES, INSTANCES, make_classifier
from sklearn.base import clone
from sklearn.utils.estimator_checks import parametrize_with_checks


@parametrize_with_checks(
    [make_classifier(), make_classifier(early_stopping=False)],
    expected_failed_checks=lambda estimator: EXPECTED_FAILURES,
)
def test_scikit_learn_check(estimator, check):
    check(estimator)


@pytest.fixture(scope="module", params=INSTANCES)
def fitted(request):
    """Every instance in turn, fitted on the same patients."""
    return clone(INSTANCES[request.param]).fit(*make_patients())


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_common_check(fitted, check):
    check(fitted)
