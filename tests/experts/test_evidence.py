"""How targets are learned and predictions are read as evidence."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.svm import LinearSVC

from magnet_sklearn.experts import (
    ClassEvidence,
    EvidenceKind,
    NumberEvidence,
    SurvivalEvidence,
)

X = np.zeros((4, 1))


def test_expert_that_predicts_the_class_shares_gives_no_evidence():
    y, kind = np.array([0, 0, 2, 2]), ClassEvidence()
    expert = DummyClassifier().fit(X, y)

    evidence = kind.evidence(expert, X, kind.reference(y, np.ones(4), 3))

    assert_allclose(evidence, np.zeros((4, 3)))


def test_expert_that_predicts_the_mean_gives_no_evidence():
    y, kind = np.array([1.0, 2.0, 3.0, 6.0]), NumberEvidence()
    expert = DummyRegressor().fit(X, y)

    assert_allclose(kind.evidence(expert, X, kind.reference(y, np.ones(4), 1)), 0)


def test_a_certain_expert_gives_finite_evidence():
    y, kind = np.array([0, 0, 0, 1]), ClassEvidence()
    expert = DummyClassifier(strategy="most_frequent").fit(X, y)

    evidence = kind.evidence(expert, X, kind.reference(y, np.ones(4), 2))

    assert np.isfinite(evidence).all()
    assert (evidence[:, 1] < -5).all()


@pytest.mark.parametrize(
    ("kind", "enough", "too_few"),
    [
        (ClassEvidence(), [0, 0, 1, 1], [0, 0, 0, 1]),
        (NumberEvidence(), [1.0, 1.0, 2.0], [1.0, 1.0, 1.0]),
        (SurvivalEvidence(), np.ones((3, 4)), np.ones((2, 4))),
    ],
)
def test_there_must_be_something_to_tell_apart(kind, enough, too_few):
    assert kind.can_learn(kind.values(np.array(enough)))
    assert not kind.can_learn(kind.values(np.array(too_few)))


def test_columns_become_class_codes_and_numbers():
    column = np.array([[1.0], [0.0]])

    assert_array_equal(ClassEvidence().values(column), [1, 0])
    assert ClassEvidence().values(column).dtype == int
    assert_array_equal(NumberEvidence().values(column), [1.0, 0.0])


@pytest.mark.parametrize(
    ("kind", "fits", "refused"),
    [
        (ClassEvidence(), LogisticRegression(), LinearSVC()),
        (NumberEvidence(), LinearRegression(), LogisticRegression()),
    ],
)
def test_own_expert_of_another_kind_is_refused(kind, fits, refused):
    kind.check(fits)
    with pytest.raises(TypeError, match=f"got {type(refused).__name__}"):
        kind.check(refused)


def test_own_expert_of_survival_is_refused():
    with pytest.raises(TypeError, match="'auto', families or None for survival"):
        SurvivalEvidence().check(LinearRegression())


def test_new_kind_needs_no_more_than_three_methods():
    class Signs(EvidenceKind):
        kind = "numbers"

        def can_learn(self, y):
            return True

        def reference(self, y, weight, n_outputs):
            return 0.0

        def evidence(self, expert, table, reference):
            return np.sign(expert.predict(table))[:, None]

    Signs().check(LinearRegression())
    with pytest.raises(TypeError, match="estimator with `predict`"):
        Signs().check(object())
    with pytest.raises(NotImplementedError, match="Signs has no out-of-bag"):
        Signs().out_of_bag(LinearRegression(), 0.0)
