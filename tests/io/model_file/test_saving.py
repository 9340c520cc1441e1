"""What is saved is loaded: predictions, and all else, to the last bit."""

import numpy as np
import pandas as pd
import pytest
from common.cohorts import growing_cohort, make_patients
from common.instances import INSTANCES, TINY, make_classifier, target_for
from sklearn.base import clone
from sklearn.decomposition import PCA
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import QuantileTransformer, StandardScaler
from torch import nn

from magnet_sklearn import (
    MagnetClassifier,
    MagnetMultiTask,
    MagnetSurvivalAnalysis,
    MultiModalGNNRegressor,
)
from magnet_sklearn.explain import modality_importance
from magnet_sklearn.federated import ModalityFedAvg, federated_estimator, simulate
from magnet_sklearn.graph import PatientGraphBuilder
from magnet_sklearn.io import load_model, save_model
from magnet_sklearn.preprocessing import ModalityTransformer

FAMILIES = ["linear", "sparse", "kernel", "forest", "boosting"]
OF_ONE = {"rna": FAMILIES, "protein": None, "clinical": None, "joint": None}
QUICK = {**TINY, "max_epochs": 2, "ensemble_size": 1}
OTHERS = {
    "all-families": MagnetClassifier(experts=FAMILIES, gate=1.0, **QUICK),
    "regressor-families": MultiModalGNNRegressor(experts=OF_ONE, gate=1.0, **QUICK),
    "survival-families": MagnetSurvivalAnalysis(experts=OF_ONE, gate=1.0, **QUICK),
    "multi-task-families": MagnetMultiTask(experts=OF_ONE, gate=1.0, **QUICK),
    "closed": MagnetClassifier(gate=0.0, **QUICK),
    "discrete": MagnetSurvivalAnalysis(model="discrete", experts="linear", **QUICK),
    "quantile": MultiModalGNNRegressor(loss="quantile", experts="linear", **QUICK),
    "cells": MagnetClassifier(
        experts=None, graph=PatientGraphBuilder(3, method="approximate"), **QUICK
    ),
    "module": MagnetClassifier(
        experts=None,
        encoders={"protein": nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8))},
        **QUICK,
    ),
    "own-trees": MagnetClassifier(
        experts=[RandomForestClassifier(3), HistGradientBoostingClassifier(max_iter=2)],
        **QUICK,
    ),
    "own-preprocessor": MagnetClassifier(
        experts="linear",
        preprocessor=ModalityTransformer(
            {
                "rna": make_pipeline(StandardScaler(), PCA(3)),
                "protein": QuantileTransformer(n_quantiles=5),
            }
        ),
        **QUICK,
    ),
    "random-state": MagnetClassifier(
        experts="linear", **{**QUICK, "random_state": np.random.RandomState(1)}
    ),
}
ALL = {**INSTANCES, **OTHERS}


def assert_same(found, expected):
    if isinstance(expected, pd.DataFrame | pd.Series):
        assert found.equals(expected)
    else:
        np.testing.assert_array_equal(found, expected)


def assert_says_the_same(loaded, estimator, X):
    assert type(loaded) is type(estimator)
    for method in ("predict", "predict_proba", "contributions"):
        if hasattr(estimator, method):
            assert_same(getattr(loaded, method)(X), getattr(estimator, method)(X))
    assert_same(loaded.summary_, estimator.summary_)


def there_and_back(estimator, path, **arguments):
    save_model(estimator, path, **arguments)
    return load_model(path, custom=arguments.get("custom", ()))


@pytest.mark.filterwarnings("ignore:All gates", "ignore:Bins whose width")
@pytest.mark.parametrize("name", ALL)
def test_loaded_estimator_says_the_same(name, tmp_path):
    estimator = clone(ALL[name]).set_params(max_epochs=2, ensemble_size=1)
    if estimator.experts == "auto":  # all families have their own cases
        estimator.set_params(experts="linear")
    X, y = target_for(estimator)
    estimator.fit(X, y)

    loaded = there_and_back(estimator, tmp_path / "model.zip")

    assert_says_the_same(loaded, estimator, X)
    assert_same(loaded.transform(X), estimator.transform(X))
    save_model(loaded, tmp_path / "again.zip")
    again = (tmp_path / "again.zip").read_bytes()
    assert again == (tmp_path / "model.zip").read_bytes()


@pytest.mark.parametrize("gate", [0.0, 1.0])
def test_compact_estimator_stays_compact(gate, tmp_path):
    X, y = make_patients()
    estimator = MagnetClassifier(gate=gate, experts="linear", **QUICK).fit(X, y)

    loaded = there_and_back(estimator.compact(), tmp_path / "model.zip")

    assert_says_the_same(loaded, estimator, X)
    assert loaded._model.is_compact


def test_estimator_with_a_modality_added_later(tmp_path):
    before, after, y = growing_cohort()
    estimator = MagnetClassifier(gate=1.0, experts="linear", **QUICK).fit(before, y)
    estimator.add_modality(after, y)

    loaded = there_and_back(estimator, tmp_path / "model.zip")

    assert_says_the_same(loaded, estimator, after)
    assert loaded.modalities_ == ["rna", "protein", "image"]


def test_loaded_estimator_trains_on_as_the_saved_one(tmp_path):
    X, y = make_patients()
    estimator = MagnetClassifier(
        gate=1.0, experts="linear", warm_start=True, **QUICK
    ).fit(X, y)

    loaded = there_and_back(estimator, tmp_path / "model.zip")

    assert_same(loaded.fit(X, y).predict_proba(X), estimator.fit(X, y).predict_proba(X))


def test_loaded_estimator_has_the_parameters_and_fits_again(file, classifier):
    loaded = load_model(file)
    X, y = target_for(loaded)

    assert loaded.get_params() == classifier.get_params()
    quick = {"experts": "linear", "ensemble_size": 1}
    again = clone(loaded).set_params(**quick).fit(X, y)
    expected = clone(classifier).set_params(**quick).fit(X, y)
    assert_same(again.predict_proba(X), expected.predict_proba(X))


def test_loaded_estimator_can_be_explained(file, classifier):
    X, y = target_for(classifier)
    how = {"n_repeats": 2, "random_state": 0}

    found = modality_importance(load_model(file), X, y, **how)

    expected = modality_importance(classifier, X, y, **how)
    assert_same(found.to_frame(), expected.to_frame())


def test_loaded_estimator_has_the_history_of_its_networks(file, classifier):
    found = load_model(file).nets_[0].history

    assert found[:, "train_loss"] == classifier.nets_[0].history[:, "train_loss"]


def test_model_of_a_device_that_is_not_here_predicts(tmp_path):
    X, y = make_patients()
    estimator = make_classifier(experts="linear", gate=1.0).fit(X, y)
    expected = estimator.predict_proba(X)
    estimator.set_params(device="cuda:99")

    loaded = there_and_back(estimator, tmp_path / "model.zip")

    assert loaded.device == "cuda:99"
    assert_same(loaded.predict_proba(X), expected)


def test_paths_and_callbacks_stay_where_they_are(tmp_path):
    X, y = make_patients()
    place = str(tmp_path / "checkpoint")
    estimator = make_classifier(experts="linear", checkpoint=place).fit(X, y)

    loaded = there_and_back(estimator, tmp_path / "model.zip")

    assert loaded.checkpoint is None
    assert str(tmp_path).encode() not in (tmp_path / "model.zip").read_bytes()


class Doubled(nn.Module):
    """An encoder of a user."""

    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(4, 8)

    def forward(self, X):
        return 2 * self.layer(X)


def test_class_of_a_user_is_refused_until_it_is_named(tmp_path):
    X, y = make_patients()
    encoders = {"protein": Doubled()}
    estimator = MagnetClassifier(experts=None, encoders=encoders, **QUICK).fit(X, y)
    path = tmp_path / "model.zip"

    with pytest.raises(TypeError, match=r"MagnetClassifier.encoders.protein is .*Doub"):
        save_model(estimator, path)
    assert not path.exists()
    loaded = there_and_back(estimator, path, custom=[Doubled])
    assert_says_the_same(loaded, estimator, X)
    with pytest.raises(ValueError, match="needs the class .*Doubled"):
        load_model(path)


class Cautious(LogisticRegression):
    """An expert of a user."""


def test_expert_of_a_user(tmp_path):
    X, y = make_patients()
    estimator = MagnetClassifier(experts=Cautious(), **QUICK).fit(X, y)
    path = tmp_path / "model.zip"

    with pytest.raises(TypeError, match=r"experts is of .*Cautious"):
        save_model(estimator, path)
    loaded = there_and_back(estimator, path, custom=[Cautious])
    assert_says_the_same(loaded, estimator, X)


def test_function_is_refused_with_its_place(tmp_path):
    estimator = make_classifier(experts="linear").fit(*make_patients())
    estimator.note_ = [print, lambda: None]

    with pytest.raises(TypeError, match=r"MagnetClassifier.note_.0 is 'print'"):
        save_model(estimator, tmp_path / "model.zip")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"references": "some"}, "references must be 'all'"),
        ({"layout": "tar"}, "layout must be 'zip'"),
        ({"units": {"blood": "mg"}}, "units names modalities 'blood'"),
        ({"units": {"clinical": {"weight": "kg"}}}, "units names columns 'weight'"),
    ],
)
def test_wrong_argument_is_named(classifier, arguments, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        save_model(classifier, tmp_path / "model.zip", **arguments)


def test_what_is_no_estimator_of_ours_is_refused(tmp_path):
    with pytest.raises(TypeError, match="is a LogisticRegression"):
        save_model(LogisticRegression(), tmp_path / "model.zip")


def test_estimator_that_knows_unlabelled_patients(tmp_path):
    X, y = make_patients()
    known = np.where(np.arange(len(y)) % 3, y, -1)
    estimator = MagnetClassifier(unlabeled=-1, experts=["linear", "spreading"], **QUICK)
    estimator.fit(X, known)

    save_model(estimator, tmp_path / "m.zip")

    loaded = load_model(tmp_path / "m.zip")
    assert np.array_equal(loaded.predict_proba(X), estimator.predict_proba(X))


def test_estimator_that_was_trained_at_several_sites(tmp_path):
    X, y = make_patients(60)
    estimator = federated_estimator(MagnetClassifier(**QUICK))
    sites = [(X[:30], y[:30]), (X[30:], y[30:])]
    estimator, _ = simulate(sites, estimator, strategy=ModalityFedAvg(n_rounds=1))

    save_model(estimator, tmp_path / "m.zip")

    loaded = load_model(tmp_path / "m.zip")
    assert np.array_equal(loaded.predict_proba(X), estimator.predict_proba(X))
