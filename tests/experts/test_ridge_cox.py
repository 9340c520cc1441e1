"""Ridge-penalised Cox regression."""

import numpy as np
import torch
from numpy.testing import assert_allclose
from scipy.optimize import minimize
from sklearn.model_selection import KFold

from magnet_sklearn.experts._ridge_cox import RidgeCox, RiskSets
from magnet_sklearn.losses import CoxLoss


def make_survival(n_patients=80, n_features=5, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n_patients, n_features))
    time, censoring = rng.exponential(np.exp(-X[:, 0])), rng.exponential(2, n_patients)
    columns = [np.minimum(time, censoring), time < censoring, np.zeros(n_patients)]
    return X, np.column_stack([np.full(n_patients, -np.inf), *columns])


def test_partial_likelihood_equals_the_loss_without_ties():
    X, y = make_survival()
    y[:, 3] = np.arange(80) % 2
    weight = np.random.default_rng(1).uniform(0.5, 2, 80)

    expected = CoxLoss().deviance(*map(torch.tensor, (X[:, :1], y, weight)))

    assert_allclose(RiskSets(y, weight).loss(X[:, 0]), expected.item())


def test_ridge_cox_finds_the_least_penalised_loss():
    for n_features in (5, 120):  # fewer and more than patients
        X, y = make_survival(n_features=n_features)
        risk_sets = RiskSets(y, np.ones(80))

        def objective(beta, X=X, risk_sets=risk_sets):
            gradient = X.T @ risk_sets.derivatives(X @ beta)[0] + 8 * beta
            return risk_sets.loss(X @ beta) + 4 * beta @ beta, gradient

        model = RidgeCox(penalty=0.1).fit(X, y)

        best = minimize(objective, np.zeros(n_features), jac=True, tol=1e-12)
        assert_allclose(objective(model.coef_)[0], best.fun, atol=1e-3)
        assert_allclose(model.predict(X), (X - X.mean(axis=0)) @ best.x, atol=0.05)


def test_left_truncated_patients_are_not_at_risk_before_they_enter():
    X, y = make_survival()
    y[:, 0] = y[:, 1] * np.random.default_rng(0).uniform(0, 0.9, 80)

    expected = CoxLoss().deviance(*map(torch.tensor, (X[:, :1], y, np.ones(80))))

    assert_allclose(RiskSets(y, np.ones(80)).loss(X[:, 0]), expected.item())


def test_noise_gets_a_stronger_penalty_than_signal():
    X, y = make_survival(200, 20)
    noise = np.random.default_rng(1).normal(size=X.shape)
    folds, weight, expert = list(KFold(5).split(X)), np.ones(200), RidgeCox()

    expert.cross_fit(X, y, weight, folds)
    of_signal = expert.penalty
    expert.cross_fit(noise, y, weight, folds)

    assert of_signal < expert.penalty


def test_experts_of_folds_learn_from_their_training_patients_alone():
    X, y = make_survival()
    folds, weight, expert = list(KFold(4).split(X)), np.ones(80), RidgeCox()

    of_folds = expert.cross_fit(X, y, weight, folds)

    alone = RidgeCox(penalty=expert.penalty)
    for of_fold, (train, _) in zip(of_folds, folds, strict=True):
        expected = alone.fit(X[train], y[train]).predict(X)
        assert_allclose(of_fold.predict(X), expected, atol=0.02)
