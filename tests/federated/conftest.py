"""Sites of a small cohort, and estimators that are trained across them."""

import numpy as np
import pandas as pd
import pytest
from common.cohorts import make_patients

from magnet_sklearn import MagnetClassifier, MagnetSurvivalAnalysis
from magnet_sklearn.federated import FourierFamily, federated_estimator

SMALL = {"random_state": 0, "ensemble_size": 2, "max_epochs": 3}


@pytest.fixture(scope="session")
def cohort():
    return make_patients(84)


@pytest.fixture(scope="session")
def times(cohort):
    rng = np.random.default_rng(0)
    X, y = cohort
    time = np.exp(y + rng.normal(size=len(X)))
    return pd.DataFrame({"event": rng.random(len(X)) < 0.7, "time": time})


@pytest.fixture(scope="session")
def classifier():
    experts = ["linear", FourierFamily(n_components=20)]
    return federated_estimator(MagnetClassifier(experts=experts, **SMALL))


@pytest.fixture(scope="session")
def survival():
    experts = ["linear", FourierFamily(n_components=20)]
    return federated_estimator(MagnetSurvivalAnalysis(experts=experts, **SMALL))


@pytest.fixture(scope="session")
def sites(cohort):
    X, y = cohort
    return {"Oslo": (X[:44], y[:44]), "Bergen": (X[44:], y[44:])}
