from itertools import combinations
from math import factorial

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.ensemble import HistGradientBoostingClassifier

from magnet_sklearn.experts._attribution_trees import (
    boosted_trees,
    forest_trees,
    tree_shapley,
)
from magnet_sklearn.experts._forest import NumberForestExpert


@pytest.fixture(scope="module")
def cohort():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 4)).round(1).astype(np.float32)
    return X, X[:, 0] * X[:, 1] + X[:, 2]


def shapley_by_subsets(predict, patient, reference):
    """Definition: weighted mean of what a column adds to each set of the others."""
    n = len(patient)
    values = np.zeros(n)
    for column in range(n):
        others = [other for other in range(n) if other != column]
        for size in range(n):
            weight = factorial(size) * factorial(n - size - 1) / factorial(n)
            for chosen in combinations(others, size):
                before = reference.copy()
                before[list(chosen)] = patient[list(chosen)]
                after = before.copy()
                after[column] = patient[column]
                gain = predict(np.array([after])) - predict(np.array([before]))
                values[column] += weight * gain[0]
    return values


def test_values_of_forests_are_shapley_values(cohort):
    X, y = cohort
    forest = NumberForestExpert(random_state=0).fit(X, y)
    reference = np.zeros(4, np.float32)
    values = tree_shapley(forest_trees(forest.trees_), X[:3], reference) / 100
    for patient, found in zip(X[:3], values, strict=True):
        expected = shapley_by_subsets(forest.predict, patient, reference)
        assert_allclose(found[:, 0], expected, atol=1e-12)


def test_values_of_boosting_sum_to_the_difference_of_scores(cohort):
    X, y = cohort
    classes = np.digitize(y, [-0.5, 0.5])
    model = HistGradientBoostingClassifier(max_iter=5, min_samples_leaf=3)
    model.fit(X.astype(float), classes)
    reference = X[7].astype(float)
    values = tree_shapley(boosted_trees(model, 5), X.astype(float), reference)
    scores = model.decision_function(X.astype(float))
    assert_allclose(values.sum(axis=1), scores - scores[7], atol=1e-9)
    assert np.abs(values).max() > 0.1


def test_a_column_with_the_value_of_the_reference_adds_nothing(cohort):
    X, y = cohort
    forest = NumberForestExpert(random_state=0).fit(X, y)
    reference = X[0].copy()
    reference[[0, 2]] += 1.0
    values = tree_shapley(forest_trees(forest.trees_), X[:1], reference)[0, :, 0]
    assert (values[[1, 3]] == 0).all()
    assert (values[[0, 2]] != 0).all()
