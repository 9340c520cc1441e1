"""Several labels per patient."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from magnet_sklearn._targets import LabelsTarget

Y = pd.DataFrame({"liver": [1, 0, np.nan], "heart": [0, np.nan, 1]})


def test_each_label_is_a_task_of_two_classes():
    target = LabelsTarget().fit(Y, np.ones(3))

    assert target.columns == ["liver", "heart"]
    assert len(target.loss.tasks()) == len(target.evidence()) == 2
    assert_array_equal(target.encode(Y), Y.to_numpy())


def test_prediction_and_probability_agree_with_the_log_odds():
    target = LabelsTarget().fit(np.array([[0, 1], [1, 0]]), np.ones(2))
    outputs = np.array([[0.0, 2.0, 1.0, -1.0]])

    assert_array_equal(target.decision(outputs), [[2.0, -2.0]])
    assert_array_equal(target.predict(outputs), [[1, 0]])
    probability = np.column_stack(list(target.predict_proba(outputs).values()))
    assert_allclose(probability, 1 / (1 + np.exp([[-2.0, 2.0]])))


def test_score_counts_known_labels_only():
    target = LabelsTarget().fit(Y, np.ones(3))
    right_but_one = np.array([[0, 1, 1, 0], [1, 0, 0, 1], [0, 1, 1, 0]], float)

    assert target.score(Y, right_but_one) == 0.75


def test_other_values_than_labels_are_refused():
    with pytest.raises(ValueError, match=r"must be 0, 1 or NaN; got \[0.0, 2.0\]"):
        LabelsTarget("Task 'a'").fit(pd.DataFrame({"x": [0, 2], "y": 0}), np.ones(2))


def test_class_weights_are_refused():
    with pytest.raises(ValueError, match="2 labels a patient"):
        LabelsTarget(class_weight="balanced").fit(np.eye(2), np.ones(2))
