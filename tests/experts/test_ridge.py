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

    of_signal = expert.choose_penalty(X, y, weight, folds).penalty
    of_noise = expert.choose_penalty(noise, y, weight, folds).penalty

    assert of_signal < of_noise


def test_penalty_counts_per_patient():
    X = np.random.default_rng(0).normal(size=(30, 4))
    y = X[:, 0]

    predicted = RidgeCV(penalty=0.5).fit(X, y).predict(X)

    assert_allclose(predicted, Ridge(alpha=15).fit(X, y).predict(X))
