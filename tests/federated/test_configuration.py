import pytest

from magnet_sklearn import (
    MagnetClassifier,
    MagnetSurvivalAnalysis,
    MultiModalGNNRegressor,
)
from magnet_sklearn.federated import FourierFamily, federated_estimator


def test_experts_that_keep_patients_are_refused():
    for experts in ("forest", ["linear", "kernel"], {"rna": "boosting"}):
        with pytest.raises(ValueError, match="cannot be trained across sites"):
            federated_estimator(MagnetClassifier(experts=experts))


def test_auto_becomes_what_can_be_trained():
    experts = federated_estimator(MagnetClassifier(experts={"rna": "auto"})).experts

    assert isinstance(experts["rna"][1], FourierFamily)


def test_other_estimators_and_models_are_refused():
    with pytest.raises(TypeError, match="got MultiModalGNNRegressor"):
        federated_estimator(MultiModalGNNRegressor())
    with pytest.raises(ValueError, match="model='discrete' is not possible"):
        federated_estimator(MagnetSurvivalAnalysis(model="discrete"))
    with pytest.raises(ValueError, match="warm_start=True is not possible"):
        federated_estimator(MagnetClassifier(warm_start=True))


def test_the_estimator_given_is_not_changed():
    estimator = MagnetClassifier()

    assert federated_estimator(estimator).graph is None
    assert estimator.graph == "knn"
