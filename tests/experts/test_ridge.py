"""Ridge regression whose penalty is chosen out of fold."""

import numpy as np
from numpy.testing import assert_allclose
from sklearn.linear_model import Ridge
from sklearn.model_selection import KFold

from magnet_sklearn.experts._ridge import RidgeCV


def test_noise_gets_a_stronger_penalty_than_signal():
    rng = np.random.default_rng(0)
    X, noise = rng.normal(size=(2, 200, 20))
    y = X[:, 0] + rng.normal(scale=0.1, size=200)
    folds, weight, expert = list(KFold(5).split(X)), np.ones(200), RidgeCV()

    expert.cross_fit(X, y, weight, folds)
    of_signal = expert.penalty
    expert.cross_fit(noise, y, weight, folds)

    assert of_signal < expert.penalty


def test_ridge_of_each_fold_is_scikit_learns():
    rng = np.random.default_rng(0)
    X, weight = rng.normal(size=(60, 90)), rng.uniform(0.5, 2, 60)
    y = X[:, 0] + rng.normal(size=60)
    folds = list(KFold(3).split(X))
    model = RidgeCV()

    of_folds = model.cross_fit(X, y, weight, folds)

    everybody = np.arange(60)
    for found, rows in [(model, everybody)] + [
        (of_fold, train) for of_fold, (train, _) in zip(of_folds, folds, strict=True)
    ]:
        expected = Ridge(alpha=model.penalty * len(rows))
        expected.fit(X[rows], y[rows], sample_weight=weight[rows])
        assert_allclose(found.predict(X), expected.predict(X), atol=1e-8)


def test_penalty_counts_per_patient():
    X = np.random.default_rng(0).normal(size=(30, 4))
    y = X[:, 0]

    predicted = RidgeCV(penalty=0.5).fit(X, y).predict(X)

    assert_allclose(predicted, Ridge(alpha=15).fit(X, y).predict(X))
