"""Trials that are given up within a fold."""

import numpy as np
import optuna
import pytest
from optuna.distributions import CategoricalDistribution, FloatDistribution
from sklearn.base import clone
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.model_selection import HalvingRandomSearchCV
from sklearn.pipeline import make_pipeline

from magnet_sklearn.preprocessing import DefaultPreprocessor
from magnet_sklearn.tuning import search_space, tune
from magnet_sklearn.tuning._study import default_pruner, watches_epochs

DROPOUT = {"dropout": FloatDistribution(0.0, 0.5)}
EXPERTS = {"experts": CategoricalDistribution(["auto", "linear"])}


def test_networks_are_watched_by_epoch_where_they_are_searched(clf, patients):
    result = tune(clf, *patients, space=DROPOUT, cv=2, n_trials=1, refit=True)

    trial = result.study_.trials[0]
    model = result.best_estimator_
    assert sorted(trial.intermediate_values) == [1, 2, 3, 4]  # two folds, two epochs
    assert model.callbacks is None
    assert all(value < 0 for value in trial.intermediate_values.values())
    assert len(trial.user_attrs["scores"]) == 2


def test_reported_is_the_held_out_loss_of_the_first_network(clf, patients):
    X, y = patients
    clf.set_params(experts=None, ensemble_size=2, max_epochs=3)
    result = tune(
        clf,
        X,
        y,
        space=DROPOUT,
        cv=[(np.arange(30), np.arange(30, 42))],
        n_trials=1,
        refit=False,
    )
    history = clone(clf).fit(X[:30], y[:30]).history_
    expected = -history.loc[history["member"] == 0, "valid_loss"]
    values = result.study_.trials[0].intermediate_values
    assert list(values.values()) == pytest.approx(expected.tolist())


def test_a_hopeless_trial_is_given_up_after_an_epoch(clf, patients):
    seen = []
    tune(
        clf.set_params(experts=None, callbacks=None),
        *patients,
        space=DROPOUT,
        cv=2,
        n_trials=3,
        scoring=lambda *own: seen.append(own) or 0.5,
        pruner=optuna.pruners.PercentilePruner(0.001, 0, 0, n_min_trials=1),
        sampler=optuna.samplers.RandomSampler(seed=0),
        refit=False,
    )
    assert len(seen) < 6


def test_experts_are_watched_by_fold(clf, patients):
    result = tune(clf, *patients, space=EXPERTS, cv=3, n_trials=1, refit=False)
    assert sorted(result.study_.trials[0].intermediate_values) == [0, 1]


def test_the_default_pruner_waits_for_a_fold_or_for_epochs(clf):
    pipeline = make_pipeline(DefaultPreprocessor(), clf)
    named = {f"magnetclassifier__{name}": own for name, own in DROPOUT.items()}
    assert watches_epochs(pipeline, named)
    assert not watches_epochs(clf, EXPERTS)
    assert not watches_epochs(clone(clf).set_params(early_stopping=False), DROPOUT)
    assert default_pruner(clf, EXPERTS)._n_warmup_steps == 1
    assert default_pruner(pipeline, named)._n_warmup_steps == 20


def test_a_space_for_scikit_learn_feeds_successive_halving(clf, patients):
    X, y = patients
    search = HalvingRandomSearchCV(
        clf,
        search_space(clf, X, backend="sklearn"),
        n_candidates=2,
        cv=2,
        min_resources=20,
        random_state=0,
    ).fit(X, y)
    assert set(search.best_params_) == {"experts"}
