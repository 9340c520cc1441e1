"""Ridge logistic regression against scikit-learn's at a tight tolerance."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score

from magnet_sklearn.experts._ridge_logistic import RidgeLogisticCV
from magnet_sklearn.experts._splits import stratified_folds


def make_table(n_patients=90, n_features=12, n_classes=2, seed=0):
    rng = np.random.default_rng(seed)
    y = rng.integers(n_classes, size=n_patients)
    X = rng.normal(size=(n_patients, n_features))
    X[:, :3] += np.eye(n_classes)[y] @ rng.normal(size=(n_classes, 3))
    return X, y, rng.uniform(0.2, 3.0, size=n_patients)


def reference(C, X, y, weight):
    model = LogisticRegression(C=C, tol=1e-10, max_iter=100_000)
    return model.fit(X, y, sample_weight=weight)


@pytest.mark.parametrize("n_classes", [2, 4])
@pytest.mark.parametrize("n_features", [12, 150])  # fewer and more than patients
@pytest.mark.parametrize("C", [1e-3, 0.1, 10.0])
def test_probabilities_are_those_of_logistic_regression(C, n_features, n_classes):
    X, y, weight = make_table(n_features=n_features, n_classes=n_classes)

    model = RidgeLogisticCV(C=C).fit(X, y + 3, sample_weight=weight)

    expected = reference(C, X, y + 3, weight)
    assert_allclose(model.predict_proba(X), expected.predict_proba(X), atol=3e-6)
    assert model.classes_.tolist() == expected.classes_.tolist()
    assert (model.predict(X) == expected.predict(X)).all()


def test_folds_are_fitted_on_their_training_patients():
    X, y, weight = make_table(n_classes=3)
    folds = stratified_folds(y, n_splits=3, random_state=0)
    model = RidgeLogisticCV()

    of_folds = model.cross_fit(X, y, weight, folds)

    everybody = reference(model.C, X, y, weight)
    assert_allclose(model.predict_proba(X), everybody.predict_proba(X), atol=3e-6)
    for of_fold, (train, held_out) in zip(of_folds, folds, strict=True):
        expected = reference(model.C, X[train], y[train], weight[train])
        found = of_fold.predict_proba(X[held_out])
        assert_allclose(found, expected.predict_proba(X[held_out]), atol=1e-3)


def test_fold_without_a_class_is_a_problem_of_its_own():
    X, y, weight = make_table(60)
    y[:2] = 2
    folds = [(np.arange(20, 60), np.arange(20)), (np.arange(40), np.arange(40, 60))]

    without, with_all = RidgeLogisticCV().cross_fit(X, y, weight, folds)

    assert without.classes_.tolist() == [0, 1]
    assert with_all.classes_.tolist() == [0, 1, 2]


def test_features_that_do_not_vary_have_no_influence():
    X, y, weight = make_table()
    constant = np.full((len(X), 2), 7.0)

    found = RidgeLogisticCV(C=0.1).fit(np.hstack([X, constant]), y, weight)
    expected = RidgeLogisticCV(C=0.1).fit(X, y, weight)

    assert_allclose(found.coef_[:, :12], expected.coef_, atol=1e-5)
    assert_allclose(found.coef_[:, 12:], 0, atol=1e-12)
    only = RidgeLogisticCV(C=0.1).fit(constant, y, weight)
    share = weight[y == 1].sum() / weight.sum()
    assert_allclose(only.predict_proba(constant)[:, 1], share, atol=1e-6)


def test_penalty_is_the_one_of_least_held_out_loss():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(60, 40)), rng.integers(2, size=60)
    X[:, 0] += y
    folds = stratified_folds(y, n_splits=3, random_state=0)
    expert = RidgeLogisticCV()
    expert.cross_fit(X, y, np.ones(60), folds)

    losses = [
        -cross_val_score(
            LogisticRegression(C=C), X, y, cv=folds, scoring="neg_log_loss"
        ).mean()
        for C in expert.Cs
    ]
    assert expert.Cs[int(np.argmin(losses))] == expert.C
