"""Elastic net regression whose penalty is chosen out of fold."""

import numpy as np
import pytest
import sklearn
from numpy.testing import assert_allclose, assert_array_equal
from scipy.optimize import minimize
from sklearn.base import clone
from sklearn.linear_model import ElasticNet, LogisticRegression
from sklearn.utils.fixes import parse_version

from magnet_sklearn.experts._elastic_net import (
    SparseCox,
    SparseLogistic,
    SparseNumbers,
)
from magnet_sklearn.experts._ridge_cox import RiskSets
from magnet_sklearn.experts._splits import stratified_folds

EXPERTS = {
    "classes": SparseLogistic,
    "numbers": SparseNumbers,
    "survival": SparseCox,
}


def sample(kind, n=120, p=20, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, p))
    score = 1.5 * X[:, 0] - 1.5 * X[:, 1] + rng.logistic(size=n)
    weight = rng.integers(1, 4, n).astype(float)
    if kind == "numbers":
        return X, score, weight
    if kind == "classes":
        return X, np.digitize(score, [-1, 1]), weight
    zero = np.zeros(n)
    y = np.column_stack([zero, np.exp(-score), rng.random(n) < 0.7, zero])
    return X, y, weight


def folds_of(n):
    return stratified_folds(np.arange(n) % 2, n_splits=5, random_state=0)


@pytest.mark.parametrize("n_classes", [2, 3])
def test_classes_are_those_of_scikit_learn(n_classes):
    X, y, weight = sample("classes")
    y = np.minimum(y, n_classes - 1)
    weight = weight / weight.mean()
    reference = LogisticRegression(
        C=1 / (0.05 * len(y)), l1_ratio=0.9, solver="saga", tol=1e-7, max_iter=10_000
    )
    if parse_version(sklearn.__version__) < parse_version("1.8"):
        reference.set_params(penalty="elasticnet")  # later versions see it by l1_ratio
    reference.fit(X, y, weight)

    expert = SparseLogistic(penalty=0.05).fit(X, y, weight)

    expected = reference.predict_proba(X)
    assert_allclose(expert.predict_proba(X), expected, atol=2e-3)


def test_numbers_are_those_of_scikit_learn():
    X, y, weight = sample("numbers")
    reference = ElasticNet(0.1, l1_ratio=0.9, tol=1e-8).fit(X, y, weight)

    expert = SparseNumbers(penalty=0.1).fit(X, y, weight)

    assert_allclose(expert.predict(X), reference.predict(X), atol=1e-2)


def test_cox_has_the_least_penalised_loss_of_a_general_solver():
    X, y, weight = sample("survival", p=4)
    risk_sets, strength = RiskSets(y, weight), 0.05 * weight.sum()

    def objective(halves):  # coefficients are a difference of two positive numbers
        beta = halves[:4] - halves[4:]
        size = 0.9 * halves.sum() + 0.05 * beta @ beta
        return risk_sets.loss(X @ beta) + strength * size

    found = minimize(objective, np.full(8, 0.1), bounds=[(0, None)] * 8).x
    expert = SparseCox(penalty=0.05).fit(X, y, weight)

    assert_allclose(expert.coef_[0], found[:4] - found[4:], atol=5e-3)
    assert_allclose(np.average(expert.predict(X), weights=weight), 0, atol=1e-9)


@pytest.mark.parametrize("kind", EXPERTS)
def test_few_true_features_are_found_and_noise_is_left_out(kind):
    X, y, weight = sample(kind)
    expert = EXPERTS[kind]()

    expert.cross_fit(X, y, weight, folds_of(len(y)))

    coef = np.abs(expert.coef_).max(axis=0)

    assert set(np.argsort(coef)[-2:]) == {0, 1}
    assert (coef == 0).sum() >= 5


@pytest.mark.parametrize("kind", EXPERTS)
def test_without_signal_no_feature_is_left(kind):
    X, y, weight = sample(kind)
    noise = np.random.default_rng(1).normal(size=X.shape)
    expert = EXPERTS[kind]()

    expert.cross_fit(noise, y, weight, folds_of(len(y)))

    assert_array_equal(expert.coef_, 0)


@pytest.mark.parametrize("kind", EXPERTS)
def test_experts_of_folds_are_those_fitted_on_them_alone(kind):
    X, y, weight = sample(kind)
    folds, expert = folds_of(len(y)), EXPERTS[kind]()
    method = "predict_proba" if kind == "classes" else "predict"

    of_folds = expert.cross_fit(X, y, weight, folds)

    alone = clone(expert)
    assert_array_equal(expert.coef_, alone.fit(X, y, weight).coef_)
    for own, (train, _) in zip(of_folds, folds, strict=True):
        alone.fit(X[train], y[train], weight[train])
        assert_allclose(getattr(own, method)(X), getattr(alone, method)(X), atol=5e-3)


@pytest.mark.parametrize("kind", EXPERTS)
def test_weights_count_as_copies(kind):
    X, y, weight = sample(kind)
    rows = np.repeat(np.arange(len(y)), weight.astype(int))

    weighted = EXPERTS[kind](penalty=0.05).fit(X, y, weight)
    copied = EXPERTS[kind](penalty=0.05).fit(X[rows], y[rows])

    assert_allclose(weighted.coef_, copied.coef_, atol=2e-2)


def test_a_class_that_a_fold_lacks_is_not_scored():
    X, y, weight = sample("classes")
    rare = np.where(np.arange(len(y)) == 0, 5, np.minimum(y, 1))
    everybody = np.arange(len(y))
    folds = [(everybody[60:], everybody[:60]), (everybody[:60], everybody[60:])]

    expert = SparseLogistic()
    of_folds = expert.cross_fit(X, rare, weight, folds)

    assert_array_equal(expert.classes_, [0, 1, 5])
    assert [own.classes_.tolist() for own in of_folds] == [[0, 1], [0, 1, 5]]


@pytest.mark.parametrize("kind", EXPERTS)
def test_without_folds_the_penalty_stays(kind):
    X, y, weight = sample(kind)
    expert = EXPERTS[kind](penalty=0.3)

    assert expert.cross_fit(X, y, weight, []) == []

    assert expert.penalty == 0.3
    assert_array_equal(expert.coef_, clone(expert).fit(X, y, weight).coef_)
