import numpy as np
import optuna
import pytest
from common.instances import INSTANCES, target_for
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import ParameterSampler
from sklearn.pipeline import make_pipeline

from magnet_sklearn import (
    MagnetClassifier,
    MagnetMultiTask,
    MagnetSurvivalAnalysis,
    MultiModalData,
)
from magnet_sklearn.preprocessing import DefaultPreprocessor
from magnet_sklearn.tuning import search_space


def patients(n_patients):
    return MultiModalData({"rna": np.zeros((n_patients, 1))})


@pytest.mark.parametrize("backend", ["optuna", "sklearn"])
def test_networks_are_searched_where_they_can_count(backend):
    def names(clf, n_patients):
        return set(search_space(clf, patients(n_patients), backend=backend))

    assert names(MagnetClassifier(), 999) == {"experts"}
    assert {"experts", "hidden_dim", "n_neighbors"} <= names(MagnetClassifier(), 1000)
    assert "hidden_dim" in names(MagnetClassifier(experts=None), 50)
    assert "n_neighbors" not in names(MagnetClassifier(experts=None, graph=None), 50)


@pytest.mark.parametrize("name", INSTANCES)
def test_every_value_drawn_is_one_that_the_estimator_takes(name):
    estimator = clone(INSTANCES[name])
    space = search_space(estimator, backend="sklearn")
    for parameters in ParameterSampler(space, 20, random_state=0):
        estimator.set_params(**parameters)._validate_params()


def test_both_backends_have_the_same_ranges():
    for_optuna = search_space(MagnetClassifier())
    for_sklearn = search_space(MagnetClassifier(), backend="sklearn")
    assert set(for_optuna) == set(for_sklearn)
    for name, own in for_optuna.items():
        other = for_sklearn[name]
        if isinstance(own, optuna.distributions.CategoricalDistribution):
            assert list(own.choices) == other
        elif isinstance(own, optuna.distributions.IntDistribution):
            assert other.support() == (own.low, own.high)
        else:
            assert other.support() == pytest.approx((own.low, own.high))


def test_families_are_those_that_learn_the_target():
    for estimator in (MagnetSurvivalAnalysis(), MagnetMultiTask()):
        X, y = target_for(estimator)
        for name in search_space(estimator, backend="sklearn")["experts"]:
            own = clone(INSTANCES[type(estimator).__name__]).set_params(experts=name)
            assert own.fit(X, y).offset_.experts_.experts_


@pytest.mark.parametrize("unlabeled", [None, -1])
def test_spreading_is_searched_where_there_are_unlabelled_patients(unlabeled):
    space = search_space(MagnetClassifier(unlabeled=unlabeled), backend="sklearn")

    assert ("spreading" in space["experts"]) == (unlabeled is not None)


def test_names_in_a_pipeline_have_its_prefix():
    pipeline = make_pipeline(DefaultPreprocessor(), MagnetClassifier())
    assert "magnetclassifier__experts" in search_space(pipeline)
    assert set(search_space(pipeline)) <= set(pipeline.get_params())


def test_foreign_estimators_are_refused():
    with pytest.raises(TypeError, match="got a LogisticRegression"):
        search_space(LogisticRegression())


def test_nothing_to_search_is_an_error():
    with pytest.raises(ValueError, match="Nothing to search.*50 patients"):
        search_space(MagnetClassifier(experts=["linear"]), patients(50))


def test_unknown_backend_is_named():
    with pytest.raises(ValueError, match="'hyperopt'"):
        search_space(MagnetClassifier(), backend="hyperopt")
