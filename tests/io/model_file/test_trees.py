import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import (
    ExtraTreesRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
)

from magnet_sklearn.io import ModelFileError
from magnet_sklearn.io._model_file._trees import check_nodes

rng = np.random.default_rng(0)
X = rng.normal(size=(80, 3))
X[::7, 1] = np.nan
CLASSES = (np.nan_to_num(X).sum(axis=1) * 2).round().clip(-1, 1)
FRAME = pd.DataFrame(X, columns=["a", "b", "c"]).assign(
    kind=pd.Categorical(CLASSES.astype(str))
)


@pytest.mark.parametrize(
    ("estimator", "table", "target"),
    [
        (HistGradientBoostingClassifier(max_iter=3), X, CLASSES),
        (HistGradientBoostingRegressor(max_iter=3, loss="poisson"), X, CLASSES + 2),
        (HistGradientBoostingRegressor(max_iter=3), FRAME, X[:, 0]),
        (HistGradientBoostingClassifier(max_iter=3), X, CLASSES > 0),
        (RandomForestClassifier(3), X, CLASSES),
        (ExtraTreesRegressor(3), np.nan_to_num(X), X[:, [0, 2]]),
    ],
)
def test_trees_predict_the_same(estimator, table, target, there_and_back):
    estimator.fit(table, target)

    found = there_and_back(estimator)

    np.testing.assert_array_equal(found.predict(table), estimator.predict(table))


def test_estimator_that_is_not_fitted_comes_back(there_and_back):
    found = there_and_back(HistGradientBoostingClassifier(max_iter=3))

    assert found.max_iter == 3
    assert not hasattr(found, "classes_")


LEAF = np.array([False, True, True])


@pytest.mark.parametrize(
    ("left", "right", "feature"),
    [
        ([0, 0, 0], [2, 0, 0], [0, 0, 0]),  # back to itself
        ([1, 0, 0], [3, 0, 0], [0, 0, 0]),  # beyond the last
        ([1, 0, 0], [-1, 0, 0], [0, 0, 0]),  # before the first
        ([1, 0, 0], [2, 0, 0], [2, 0, 0]),  # a column that there is not
        ([1, 0, 0], [2, 0, 0], [-1, 0, 0]),
    ],
)
def test_tree_that_leads_nowhere_is_refused(left, right, feature):
    arrays = map(np.array, (left, right))

    with pytest.raises(ModelFileError, match="A child|A tree splits"):
        check_nodes(*arrays, LEAF, np.array(feature), 2)


def test_tree_that_leads_to_leaves_is_not_refused():
    check_nodes(np.array([1, 9, 9]), np.array([2, -5, 9]), LEAF, np.array([1, 7, 7]), 2)
