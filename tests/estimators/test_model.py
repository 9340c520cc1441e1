"""The fitted model: outputs, their parts, and what training goes on from."""

import warnings

import numpy as np
import pytest
import torch
from common.cohorts import hide, make_patients, without_data
from common.instances import make_classifier
from numpy.testing import assert_allclose, assert_array_equal

from magnet_sklearn._estimators._model import warn_of_empty

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def fitted():
    return make_classifier(gate=0.5, max_epochs=2).fit(*make_patients())


@pytest.fixture(scope="module")
def queries(fitted):
    """Checked patients, the last one without any modality."""
    X = without_data(make_patients(14, seed=1)[0])
    return fitted._model.inputs.check(fitted, X)


def test_start_state_is_all_that_training_goes_on_from(fitted):
    model = fitted._model

    start = model.start_state()

    assert start.inputs is model.inputs
    assert start.target is model.target
    assert start.ensemble is model.ensemble
    assert start.holdout is model.holdout
    assert start.network_inputs is None  # they are those of the experts
    assert not start.pretrained
    assert not start.frozen


def test_start_state_of_pretrained_networks_keeps_their_own_preprocessing():
    X, y = make_patients()
    clf = make_classifier(max_epochs=1, early_stopping=False).pretrain(X, max_epochs=1)

    model = clf.fit(X[:30], y[:30])._model

    assert model.network_inputs is not model.inputs
    assert model.start_state().network_inputs is model.network_inputs


@pytest.mark.parametrize("batch_size", [1, 4, 100])
def test_contributions_and_baseline_are_the_outputs_in_any_batches(
    fitted, queries, batch_size
):
    model = fitted._model

    parts = model.contributions(queries, CPU, batch_size)

    outputs = model.predict(queries, CPU, 100).outputs
    total = parts.sum(axis=1) + model.experts.baseline()
    assert parts.shape == (15, 3 + 3, 2)
    assert_allclose(total, outputs, atol=1e-8)


def test_prediction_knows_ids_and_observed_modalities(fitted, queries):
    predicted = fitted._model.predict(queries, CPU, 4)

    assert predicted.index.equals(queries.index)
    assert_array_equal(predicted.mask, queries.mask)


def test_patient_without_data_gets_the_baseline_and_no_embedding(fitted, queries):
    model = fitted._model

    outputs = model.predict(queries, CPU, 100).outputs
    embedded = model.embed(model.network_inputs.transform(queries), CPU, 100)

    assert_array_equal(outputs[-1], model.experts.baseline())
    assert_array_equal(model.contributions(queries, CPU, 100)[-1], 0)
    assert_array_equal(embedded.embedding[-1], 0)
    assert np.abs(embedded.embedding[:-1]).max(axis=1).min() > 0


def test_modality_that_is_missing_for_all_contributes_nothing(fitted):
    X = make_patients(14, seed=1)[0]
    X = hide(X, X.mask & [True, True, False])
    X = fitted._model.inputs.check(fitted, X)

    parts = fitted._model.contributions(X, CPU, 100)

    assert_array_equal(parts[:, fitted.modalities_.index("clinical")], 0)


def test_patients_without_data_are_counted_in_a_warning():
    mask = np.array([[True, False], [False, False], [False, False]])

    with pytest.warns(
        UserWarning, match="^2 of 3 patients have no .*; they count less"
    ):
        warn_of_empty(mask, "patients", "they count less")


def test_no_warning_where_everybody_has_data():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warn_of_empty(np.eye(3, dtype=bool), "patients", "nothing")
