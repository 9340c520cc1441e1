"""The steps of `fit`: what they refuse, and what a failure leaves behind."""

import numpy as np
import pandas as pd
import pytest
from common.checks import all_answers
from common.cohorts import make_patients
from common.instances import make_classifier
from numpy.testing import assert_array_equal
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression

from magnet_sklearn.graph import PatientGraphBuilder

STAGES = ["preprocessing", "experts", "networks and graph"]


class Raises(TransformerMixin, BaseEstimator):
    """Preprocessing that ends in an error, as one that a user interrupts does."""

    def __init__(self, error=KeyboardInterrupt):
        self.error = error

    def fit(self, X, y=None):
        raise self.error("on purpose")

    def transform(self, X):
        return X


class OutOfMemory(LogisticRegression):
    """Expert that cannot be fitted here."""

    def fit(self, X, y, sample_weight=None):
        raise MemoryError


@pytest.fixture(scope="module")
def cohort():
    return make_patients()


@pytest.fixture
def fitted(cohort):
    return make_classifier(max_epochs=1).fit(*cohort)


def test_neighbours_beside_a_builder_are_refused(cohort):
    clf = make_classifier(graph=PatientGraphBuilder(3), n_neighbors=5)

    with pytest.raises(ValueError, match=r"n_neighbors=5 has no effect.*n_neighbors=3"):
        clf.fit(*cohort)


@pytest.mark.parametrize("n_neighbors", [3, 10])
def test_neighbours_of_the_builder_or_the_default_may_stand_beside_it(
    cohort, n_neighbors
):
    clf = make_classifier(graph=PatientGraphBuilder(3), n_neighbors=n_neighbors)

    clf.set_params(max_epochs=1).fit(*cohort)

    assert clf._model.ensemble.graph_.n_neighbors == 3


def test_neighbours_can_be_set_in_the_builder(cohort):
    clf = make_classifier(graph=PatientGraphBuilder(3), n_neighbors=10, max_epochs=1)

    clf.set_params(graph__n_neighbors=5).fit(*cohort)

    assert clf._model.ensemble.graph_.n_neighbors == 5


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"y": None}, "requires y to be passed"),
        ({"X_val": {"rna": [[1.0]]}}, "Pass X_val and y_val together"),
        ({"y_val": [0]}, "Pass X_val and y_val together"),
    ],
)
def test_half_of_what_belongs_together_is_refused(cohort, arguments, message):
    X, y = cohort

    with pytest.raises(ValueError, match=message):
        make_classifier().fit(X, **{"y": y, **arguments})


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_a_fit_that_ends_early_leaves_a_fitted_estimator_as_it_was(
    cohort, fitted, error
):
    X, y = cohort
    before, model = all_answers(fitted, X), fitted._model
    fitted.set_params(preprocessor=Raises(error))

    with pytest.raises(error, match="on purpose"):
        fitted.fit({"image": np.ones((42, 7))}, 1 - y)

    assert fitted._model is model
    assert fitted.modalities_ == ["rna", "protein", "clinical"]
    assert fitted.n_features_in_ == 12
    assert_array_equal(all_answers(fitted, X), before)


def test_experts_that_fail_leave_a_fitted_estimator_as_it_was(cohort, fitted):
    X, y = cohort
    before = all_answers(fitted, X)

    with pytest.raises(MemoryError):
        fitted.set_params(experts=OutOfMemory()).fit(X[:30], y[:30])

    assert_array_equal(all_answers(fitted, X), before)


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_a_fit_that_ends_early_leaves_an_unfitted_estimator_unfitted(cohort, error):
    clf = make_classifier(preprocessor=Raises(error))
    attributes = set(vars(clf))

    with pytest.raises(error, match="on purpose"):
        clf.fit(*cohort)

    assert set(vars(clf)) == attributes
    with pytest.raises(NotFittedError):
        clf.predict(cohort[0])


def test_a_fit_after_one_that_ended_early_is_a_first_fit(cohort):
    clf = make_classifier(preprocessor=Raises(), max_epochs=1)
    with pytest.raises(KeyboardInterrupt):
        clf.fit(*cohort)

    clf.set_params(preprocessor=None).fit(*cohort)

    fresh = clone(clf).fit(*cohort)
    assert_array_equal(all_answers(clf, cohort[0]), all_answers(fresh, cohort[0]))


def test_a_fit_from_pretrained_networks_that_ends_early_can_be_repeated(cohort):
    X, y = cohort
    clf = make_classifier(max_epochs=1, early_stopping=False).pretrain(X, max_epochs=1)
    expected = all_answers(clf.fit(X, y), X)
    clf.pretrain(X, max_epochs=1)

    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        clf.fit(X, y[:-1])

    assert_array_equal(all_answers(clf.fit(X, y), X), expected)


def test_seconds_are_those_of_each_stage(fitted):
    seconds = fitted._model.seconds

    assert [stage for stage, _ in seconds] == STAGES
    assert all(time > 0 for _, time in seconds)


def test_training_patients_are_left_as_they_are(cohort):
    X, y = make_patients()

    make_classifier(max_epochs=1).fit(X, y)

    for name, block in cohort[0].items():
        pd.testing.assert_frame_equal(pd.DataFrame(X[name]), pd.DataFrame(block))
