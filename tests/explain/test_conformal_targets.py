import numpy as np
import pandas as pd
import pytest
from common.instances import TINY
from sklearn.cluster import KMeans
from sklearn.linear_model import LogisticRegression

from magnet_sklearn import (
    MagnetClassifier,
    MagnetMultiTask,
    MagnetSurvivalAnalysis,
    MultiModalGNNRegressor,
)
from magnet_sklearn.explain._conformal_targets import conformal_target


def test_classes_that_a_model_has_not_seen_have_probability_0():
    target = conformal_target(MagnetClassifier(), np.array(["a", "b", "c", "a"]))
    X = np.array([[0.0], [1.0], [0.1], [0.9]])
    model = LogisticRegression().fit(X, ["a", "c", "a", "c"])

    proba = target.predict(model, X, 0.1)

    assert proba[:, 1].tolist() == [0.0] * 4
    np.testing.assert_array_equal(proba[:, [0, 2]], model.predict_proba(X))


def test_events_of_other_causes_count_as_censored():
    y = pd.DataFrame({"event": [0, 1, 2], "time": [1.0, 2.0, 3.0]})

    target = conformal_target(MagnetSurvivalAnalysis(cause=2), y)

    assert target.event.tolist() == [False, False, True]


@pytest.mark.parametrize(
    ("estimator", "y", "message"),
    [
        (MagnetClassifier(), np.ones((4, 2)), "y has 2 columns"),
        (MultiModalGNNRegressor(), np.ones((4, 3)), "y has 3 columns"),
        (MultiModalGNNRegressor(), [1.0, np.nan], "NaN"),
        (
            MagnetSurvivalAnalysis(),
            pd.DataFrame({"event": [1], "time": [2.0], "entry": [1.0]}),
            "entry times",
        ),
    ],
)
def test_target_that_is_not_one_value_is_an_error(estimator, y, message):
    with pytest.raises(ValueError, match=message):
        conformal_target(estimator, y)


@pytest.mark.parametrize(
    ("estimator", "message"),
    [(MagnetMultiTask(**TINY), "for each task"), (KMeans(), "neither a classifier")],
)
def test_estimator_without_one_target_is_an_error(estimator, message):
    with pytest.raises(TypeError, match=message):
        conformal_target(estimator, np.zeros(3))
