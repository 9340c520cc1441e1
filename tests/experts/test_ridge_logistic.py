"""Ridge logistic regression whose penalty is chosen out of fold."""

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score

from magnet_sklearn.experts._ridge_logistic import RidgeLogisticCV
from magnet_sklearn.experts._splits import stratified_folds


def test_penalty_is_the_one_of_least_held_out_loss():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(60, 40)), rng.integers(2, size=60)
    X[:, 0] += y
    folds = stratified_folds(y, n_splits=3, random_state=0)
    expert = RidgeLogisticCV().choose_penalty(X, y, np.ones(60), folds)

    losses = [
        -cross_val_score(
            LogisticRegression(C=C), X, y, cv=folds, scoring="neg_log_loss"
        ).mean()
        for C in expert.Cs
    ]
    assert expert.Cs[int(np.argmin(losses))] == expert.C
