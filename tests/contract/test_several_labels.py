"""A classifier of several labels at once."""

import numpy as np
import pytest
from common.cohorts import make_patients
from common.instances import make_classifier
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.model_selection import cross_val_score


@pytest.fixture(scope="module")
def cohort():
    X, classes = make_patients(60)
    third = np.arange(60) % 3 == 0
    return X, np.column_stack([classes, 1 - classes, third]).astype(int)


def test_each_label_has_a_probability_and_informative_ones_are_learned(cohort):
    X, y = cohort
    model = make_classifier().fit(X, y)

    probability = model.predict_proba(X)

    assert probability.shape == (60, 3)
    assert_array_equal(model.predict(X), probability > 0.5)
    assert_array_equal(model.predict(X), model.decision_function(X) > 0)
    assert_allclose(np.exp(model.predict_log_proba(X)), probability)
    assert (model.predict(X)[:, :2] == y[:, :2]).mean() > 0.8
    assert len(model.offsets_) == 3


def test_label_nobody_has_stays_unlikely(cohort):
    X, y = cohort
    y = np.column_stack([y, np.zeros(60, int)])

    assert make_classifier().fit(X, y).predict_proba(X)[:, 3].max() < 0.01


def test_class_weights_are_refused(cohort):
    with pytest.raises(ValueError, match="3 labels a patient"):
        make_classifier(class_weight="balanced").fit(*cohort)


def test_works_in_cross_validation(cohort):
    scores = cross_val_score(make_classifier(), *cohort, cv=2, scoring="f1_macro")

    assert (scores > 0.3).all()
