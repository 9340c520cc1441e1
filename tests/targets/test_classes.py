"""A class per patient."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from magnet_sklearn._targets import ClassTarget

WEIGHT = np.ones(6)


@pytest.mark.parametrize(
    "y",
    [
        np.array(["b", "a", "b", "c", "a", "c"]),
        np.array([7, 3, 7, 9, 3, 9]),
        np.array([True, False] * 3),
        pd.Series(["b", "a"] * 3, dtype="category"),
    ],
)
def test_decoding_inverts_encoding(y):
    target = ClassTarget().fit(y, WEIGHT)
    codes = target.encode(y)[:, 0].astype(int)

    outputs = np.eye(len(target.classes_))[codes]

    assert_array_equal(target.predict(outputs), np.asarray(y))
    assert target.score(y, outputs) == 1


def test_patient_without_a_label_has_code_nan():
    y = pd.Series(["sick", None, "well", "sick", np.nan, "well"])

    codes = ClassTarget("Task 'state'").fit(y, WEIGHT).encode(y)

    assert_array_equal(codes[:, 0], [0, np.nan, 1, 0, np.nan, 1])


def test_check_refuses_patients_without_a_label():
    with pytest.raises(ValueError, match=r"1 of 3 patients have no class.*\[1\]"):
        ClassTarget().check(np.array(["a", None, "b"], dtype=object))


def test_a_class_that_fit_did_not_see_is_named():
    target = ClassTarget().fit(np.array([0, 1] * 3), WEIGHT)

    with pytest.raises(ValueError, match=r"y has classes.*\[5\].*\[0, 1\]"):
        target.encode(np.array([0, 5]))


def test_a_single_class_is_refused_by_name():
    with pytest.raises(ValueError, match="Task 'a' needs at least two classes.*'x'"):
        ClassTarget("Task 'a'").fit(np.array(["x"] * 6), WEIGHT)


def test_continued_training_keeps_the_classes():
    first = ClassTarget().fit(np.array([0, 1] * 3), WEIGHT)

    with pytest.raises(ValueError, match="Training continues with the classes"):
        ClassTarget().fit(np.array([0, 1, 2] * 2), WEIGHT, first)


def test_balanced_classes_weigh_the_same():
    y = np.array([0, 0, 0, 0, 1, 1])

    weight = ClassTarget(class_weight="balanced").sample_weight(y, WEIGHT)

    assert_allclose(weight[y == 0].sum(), weight[y == 1].sum())


def test_probabilities_are_named_by_class_and_sum_to_one():
    target = ClassTarget().fit(np.array(["x", "y", "z"] * 2), WEIGHT)

    probability = target.predict_proba(np.array([[0.0, 1.0, 2.0]]))

    assert list(probability) == ["x", "y", "z"]
    assert_allclose(sum(probability.values()), 1)
