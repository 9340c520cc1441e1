import numpy as np
import pytest
from common.cohorts import make_patients
from common.instances import make_classifier
from numpy.testing import assert_allclose

from magnet_sklearn.explain._attribution_model import ModelAttribution


@pytest.fixture(scope="module")
def fitted():
    X, y = make_patients()
    return make_classifier(gate=0.0).fit(X, y), X


def test_base_values_are_the_outputs_for_average_patients_with_the_same_blocks(fitted):
    model, X = fitted
    _, _, base = ModelAttribution(model, None)(X)
    assert len(np.unique(base.round(9), axis=0)) <= 7  # patterns of missing blocks
    average = {"protein": np.nanmean(X["protein"], axis=0, keepdims=True)}
    rows = np.flatnonzero((X.mask == [False, True, False]).all(axis=1))
    assert len(rows)
    assert_allclose(base[rows, 0], model.decision_function(average)[0], atol=1e-8)


def test_batches_hold_every_patient_once_and_one_pattern_with_a_background(fitted):
    model, X = fitted
    split = ModelAttribution(model, X)
    batches = list(split.batches(X))
    assert sorted(np.concatenate(batches)) == list(range(len(X)))
    assert all(len(np.unique(X.mask[rows], axis=0)) == 1 for rows in batches)
    assert len(list(ModelAttribution(model, None).batches(X))) == 1
