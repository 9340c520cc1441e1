"""Forests that predict a single patient fast."""

import pickle

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

from magnet_sklearn.experts._forest import (
    ForestExpert,
    NumberForestExpert,
    _rounded_down,
)


def test_forest_of_classes_predicts_as_scikit_learn_does(cohort):
    X, y = cohort
    forest = RandomForestClassifier(100, min_samples_leaf=2, random_state=0)
    forest.set_params(oob_score=True).fit(X["rna"], y)

    expert = ForestExpert(random_state=0).fit(X["rna"], y)

    expected = forest.predict_proba(X["rna"])
    assert_allclose(expert.predict_proba(X["rna"]), expected)
    has_vote, votes = expert.out_of_bag()
    assert has_vote.all()
    assert_allclose(votes, forest.oob_decision_function_)


@pytest.mark.parametrize("n_patients", [1, 60])
def test_forest_of_numbers_predicts_as_scikit_learn_does(cohort, n_patients):
    X, y = cohort
    numbers = y + X["rna"][:, 0]
    forest = RandomForestRegressor(100, max_features=0.5, random_state=0)
    forest.set_params(oob_score=True).fit(X["rna"], numbers)

    expert = NumberForestExpert(random_state=0).fit(X["rna"], numbers)

    queries = X["rna"][:n_patients]
    assert_allclose(expert.predict(queries), forest.predict(queries))
    assert_allclose(expert.out_of_bag()[1], forest.oob_prediction_)


def test_rounded_thresholds_leave_every_single_precision_value_on_its_side():
    values = np.sort(np.random.default_rng(0).normal(size=50).astype(np.float32))
    values = np.concatenate([values, np.nextafter(values, np.float32(9))])
    middle = (values[:50].astype(float) + values[50:]) / 2

    rounded = _rounded_down(middle)

    assert_array_equal(values[:, None] > rounded, values[:, None] > middle)


def test_a_fitted_forest_keeps_little_more_than_its_splits(cohort):
    X, y = cohort
    expert = ForestExpert(random_state=0).fit(X["rna"], y)

    n_nodes, n_leaves = len(expert.trees_.feature), len(expert.trees_.value)

    assert len(pickle.dumps(expert)) < 20 * n_nodes + 24 * n_leaves + 10_000


def test_one_patient_is_predicted_as_among_all(cohort):
    X, y = cohort
    expert = ForestExpert(random_state=0).fit(X["rna"], y)

    alone = [expert.predict_proba(row[None])[0] for row in X["rna"]]

    assert_allclose(alone, expert.predict_proba(X["rna"]))


def test_out_of_bag_votes_leave_out_a_patient_in_every_tree(cohort):
    X, y = cohort
    weight = np.where(np.arange(60) == 0, 1e6, 1.0)

    expert = ForestExpert(random_state=0).fit(X["rna"], y, sample_weight=weight)

    has_vote, votes = expert.out_of_bag()
    assert not has_vote[0]
    assert_array_equal(len(votes), has_vote.sum())
    assert_allclose(votes.sum(axis=1), 1)
