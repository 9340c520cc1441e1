"""Histogram boosting whose number of trees is chosen out of fold."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.ensemble import HistGradientBoostingRegressor

from magnet_sklearn.experts._boosting import (
    BoostingClassifier,
    BoostingCox,
    BoostingRegressor,
)
from magnet_sklearn.experts._splits import stratified_folds

EXPERTS = {
    "classes": BoostingClassifier,
    "numbers": BoostingRegressor,
    "survival": BoostingCox,
}


def sample(kind, signal=1.0, n=120):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n, 4))
    score = signal * 4 * np.tanh(2 * X[:, 0] * X[:, 1]) + rng.normal(size=n)
    folds = stratified_folds(np.arange(n) % 2, n_splits=3, random_state=0)
    if kind == "survival":
        zero = np.zeros(n)
        return (
            X,
            np.column_stack([zero, np.exp(-score), rng.random(n) < 0.7, zero]),
            folds,
        )
    return X, (score > 0).astype(int) if kind == "classes" else score, folds


@pytest.mark.parametrize("kind", EXPERTS)
def test_more_trees_are_grown_on_a_signal_than_on_noise(kind):
    counts = []
    for signal in (0.0, 1.0):
        X, y, folds = sample(kind, signal)
        expert = EXPERTS[kind](random_state=0)
        expert.cross_fit(X, y, np.ones(120), folds)
        counts.append(expert.n_trees)

    assert counts[0] < counts[1]


@pytest.mark.parametrize("kind", EXPERTS)
def test_the_seed_decides(kind):
    X, y, _ = sample(kind)
    wide = np.tile(X, (1, 60)) + np.random.default_rng(1).normal(size=(120, 240))
    method = "predict_proba" if kind == "classes" else "predict"

    first, again, other = (
        getattr(EXPERTS[kind](n_trees=5, random_state=seed).fit(wide, y), method)(wide)
        for seed in (0, 0, 1)
    )

    assert_array_equal(first, again)
    assert not np.allclose(first, other)


def test_numbers_are_those_of_scikit_learn():
    X, y, _ = sample("numbers")
    reference = HistGradientBoostingRegressor(
        max_iter=20,
        max_leaf_nodes=8,
        min_samples_leaf=4,
        l2_regularization=1.0,
        early_stopping=False,
    )

    expert = BoostingRegressor(n_trees=20, random_state=0).fit(X, y)

    assert_allclose(expert.predict(X), reference.fit(X, y).predict(X))


@pytest.mark.parametrize("kind", EXPERTS)
def test_experts_of_folds_are_those_fitted_on_them_alone(kind):
    X, y, folds = sample(kind)
    weight = np.random.default_rng(1).integers(1, 4, 120).astype(float)
    expert = EXPERTS[kind](random_state=0)
    method = "predict_proba" if kind == "classes" else "predict"

    of_folds = expert.cross_fit(X, y, weight, folds)

    for own, (train, _) in zip(of_folds, folds, strict=True):
        alone = clone(expert).fit(X[train], y[train], weight[train])
        assert_allclose(getattr(own, method)(X), getattr(alone, method)(X))


@pytest.mark.parametrize("kind", EXPERTS)
def test_without_folds_the_number_of_trees_stays(kind):
    X, y, _ = sample(kind)
    expert = EXPERTS[kind](n_trees=7)

    assert expert.cross_fit(X, y, np.ones(120), []) == []
    assert expert.model_.n_iter_ == expert.n_trees == 7


def test_a_class_that_a_fold_lacks_is_not_scored():
    X, y, _ = sample("classes")
    y[0] = 5
    rows = np.arange(120)
    folds = [(rows[60:], rows[:60]), (rows[:60], rows[60:]), (rows[1:], rows[:1])]

    expert = BoostingClassifier(random_state=0)
    expert.cross_fit(X, y, np.ones(120), folds)

    assert_array_equal(expert.classes_, [0, 1, 5])


def test_log_hazards_follow_the_risk_and_have_mean_0():
    X, y, folds = sample("survival")
    weight = np.random.default_rng(1).integers(1, 4, 120).astype(float)

    expert = BoostingCox(random_state=0)
    expert.cross_fit(X, y, weight, folds)
    log_hazard = expert.predict(X)

    assert_allclose(np.average(log_hazard, weights=weight), 0, atol=1e-9)
    assert np.corrcoef(log_hazard, np.log(y[:, 1]))[0, 1] < -0.5
