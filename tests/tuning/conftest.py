"""A quick estimator and patients to tune it on."""

import pytest
from common.cohorts import make_patients
from common.instances import make_classifier

pytest.importorskip("optuna")


@pytest.fixture(scope="session")
def patients():
    return make_patients()


@pytest.fixture
def clf():
    return make_classifier(ensemble_size=1, max_epochs=2)
