"""Regression: units, several targets, quantiles."""

import numpy as np
import pytest
from common.cohorts import make_patients
from common.instances import TINY
from numpy.testing import assert_allclose
from sklearn.datasets import load_diabetes
from sklearn.linear_model import RidgeCV
from sklearn.metrics import r2_score
from sklearn.model_selection import GridSearchCV, cross_val_score, train_test_split

from magnet_sklearn import MultiModalData, MultiModalGNNRegressor
from magnet_sklearn.data import drop_modalities


def make_regressor(**parameters):
    return MultiModalGNNRegressor(**{**TINY, **parameters})


@pytest.fixture(scope="module")
def diabetes():
    table, y = load_diabetes(return_X_y=True)
    X = MultiModalData({"body": table[:, :4], "blood": table[:, 4:]})
    return drop_modalities(X, 0.2, random_state=0), y


def test_unit_of_y_changes_the_unit_of_the_answer_only(diabetes):
    X, y = diabetes[0][:120], diabetes[1][:120]

    plain = make_regressor().fit(X, y).predict(X)

    # a power of 2, so that rounding cannot turn a tie between two splits of a tree
    assert_allclose(make_regressor().fit(X, 1024 * y).predict(X), 1024 * plain)


def test_score_on_held_out_patients_is_that_of_ridge_or_better(diabetes):
    X, y = diabetes
    parts = train_test_split(np.arange(len(y)), random_state=0)
    train, test = parts
    table = X.to_frame().fillna(0).to_numpy()

    ours = make_regressor().fit(X[train], y[train]).score(X[test], y[test])

    ridge = RidgeCV(np.logspace(-3, 3, 13)).fit(table[train], y[train])
    assert ours > r2_score(y[test], ridge.predict(table[test])) - 0.02


def test_several_targets_are_columns_and_each_has_experts_of_its_own():
    X, classes = make_patients(60)
    y = np.column_stack([classes + 0.1 * np.arange(60), -5.0 * classes])

    model = make_regressor().fit(X, y)

    assert model.predict(X).shape == (60, 2)
    assert model.predict(X, quantiles=[0.1, 0.5, 0.9]).shape == (60, 2, 3)
    assert len(model.offsets_) == 2
    alone = make_regressor(max_epochs=1, experts=RidgeCV()).fit(X, y[:, 1])
    assert r2_score(y[:, 1], model.predict(X)[:, 1]) > 0.3
    assert alone.predict(X).shape == (60,)


def test_quantiles_ascend_and_cover_their_share_of_new_patients(diabetes):
    X, y = diabetes
    train, test = train_test_split(np.arange(len(y)), test_size=0.5, random_state=0)
    model = make_regressor().fit(X[train], y[train])

    low, middle, high = model.predict(X[test], quantiles=[0.1, 0.5, 0.9]).T

    assert (low < middle).all()
    assert (middle < high).all()
    assert 0.72 < np.mean((low <= y[test]) & (y[test] <= high)) < 0.88


def test_fewer_modalities_make_wider_intervals():
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, 200, 3))
    X = drop_modalities(MultiModalData({"a": a, "b": b}), 0.4, random_state=0)
    model = make_regressor().fit(X, a[:, 0] + b[:, 0])
    width = np.ptp(model.predict(X, quantiles=[0.1, 0.9]), axis=1)

    n_observed = X.mask.sum(axis=1)

    assert width[n_observed == 1].min() > 1.3 * width[n_observed == 2].max()


def test_constant_target_is_predicted_as_it_is():
    X, _ = make_patients()

    assert_allclose(make_regressor().fit(X, np.full(42, 7.0)).predict(X), 7.0)


@pytest.mark.parametrize("loss", ["huber", "absolute_error"])
def test_robust_losses_heed_outliers_less(loss):
    rng = np.random.default_rng(0)
    values = rng.normal(size=(200, 3))
    y = values[:, 0].copy()
    y[:15] += 60
    X = {"rna": values}
    clean = values[15:, 0]

    robust = make_regressor(loss=loss, experts=None, max_epochs=60).fit(X, y)
    squared = make_regressor(experts=None, max_epochs=60).fit(X, y)

    errors = [np.abs(m.predict(X)[15:] - clean).mean() for m in (robust, squared)]
    assert errors[0] < errors[1]


@pytest.mark.parametrize("levels", [[0.0], [1.2], 0.5])
def test_wrong_quantiles_are_an_error(levels):
    X, y = make_patients()
    model = make_regressor(experts=None, max_epochs=1).fit(X, y)

    with pytest.raises(ValueError, match="quantiles must be a list"):
        model.predict(X, quantiles=levels)


def test_works_in_searches_and_cross_validation():
    X, y = make_patients()

    search = GridSearchCV(make_regressor(), {"dropout": [0.0, 0.2]}, cv=2).fit(X, y)

    assert search.best_params_["dropout"] in (0.0, 0.2)
    assert cross_val_score(make_regressor(), X, y, cv=2).shape == (2,)


@pytest.mark.parametrize("level", [0.1, 0.9])
@pytest.mark.parametrize("experts", ["auto", None])
def test_quantile_loss_leaves_its_share_below(diabetes, level, experts):
    X, y = diabetes
    test = np.arange(len(X)) % 3 == 0
    model = MultiModalGNNRegressor(
        loss="quantile", quantile=level, experts=experts, max_epochs=30, random_state=0
    ).fit(X[~test], y[~test])

    assert abs(np.mean(y[test] < model.predict(X[test])) - level) < 0.1


@pytest.mark.parametrize("experts", ["auto", None])
def test_intervals_of_few_members_cover_their_share(experts):
    rng = np.random.default_rng(0)
    a = rng.normal(size=(2000, 3))
    X, y = MultiModalData({"a": a}), a[:, 0] + 0.5 * rng.normal(size=2000)
    model = MultiModalGNNRegressor(
        experts=experts, ensemble_size=1, max_epochs=40, random_state=0
    ).fit(X[:1000], y[:1000])

    low, high = model.predict(X[1000:], quantiles=[0.1, 0.9]).T

    assert 0.7 < np.mean((low <= y[1000:]) & (y[1000:] <= high)) < 0.9
