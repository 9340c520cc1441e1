"""Wide sparse blocks stay sparse from the input to linear experts."""

import numpy as np
import pytest
from common.instances import make_classifier
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse

from magnet_sklearn import MultiModalData
from magnet_sklearn._estimators._wide_blocks import WIDE, ModelPreprocessor
from magnet_sklearn._utils import CentredSparse
from magnet_sklearn.explain import feature_attribution

N_FEATURES = WIDE + 200
TARGET = np.arange(60) % 2


@pytest.fixture(scope="module")
def blocks():
    """Words of patients, of whom some lack them and some are not known."""
    rng = np.random.default_rng(0)
    words = rng.exponential(size=(60, N_FEATURES)) * (
        rng.random((60, N_FEATURES)) < 0.05
    )
    words[:, :40] += (TARGET[:, None] == 1) * (rng.random((60, 40)) < 0.3)
    words[5, 7] = np.nan
    words[40:45] = np.nan
    age = rng.normal(size=(60, 2))
    age[10:13] = np.nan
    return words, age


@pytest.fixture(scope="module")
def cohorts(blocks):
    words, age = blocks
    return {
        "sparse": MultiModalData({"words": sparse.csr_array(words), "age": age}),
        "dense": MultiModalData({"words": words, "age": age}),
    }


@pytest.fixture(scope="module")
def fitted(cohorts):
    return {
        kind: make_classifier(random_state=0, gate=1.0).fit(X, TARGET)
        for kind, X in cohorts.items()
    }


def test_predictions_and_contributions_are_those_of_the_dense_block(fitted, cohorts):
    by_sparse, by_dense = (fitted[kind] for kind in ("sparse", "dense"))

    expected = by_dense.predict_proba(cohorts["dense"])

    for X in cohorts.values():
        for model in (by_sparse, by_dense):
            assert_allclose(model.predict_proba(X), expected, atol=1e-6)
    assert_allclose(
        by_sparse.contributions(cohorts["sparse"]),
        by_dense.contributions(cohorts["dense"]),
        atol=1e-5,
    )


def test_a_patient_alone_has_the_prediction_of_the_batch(fitted, cohorts):
    model, X = fitted["sparse"], cohorts["sparse"]

    together = model.predict_proba(X)

    for row in (0, 5, 41):
        assert_allclose(model.predict_proba(X[row])[0], together[row], rtol=1e-7)


def test_feature_attribution_is_that_of_the_dense_block(fitted, cohorts):
    found = [
        feature_attribution(fitted[kind], cohorts[kind][[0]]).values
        for kind in ("sparse", "dense")
    ]

    assert_allclose(*found, atol=1e-5)


def test_experts_see_the_block_sparse_and_networks_its_components(fitted, cohorts):
    model = fitted["sparse"]._model
    of_experts, of_networks = model.transform(cohorts["sparse"])

    assert isinstance(of_experts["words"], CentredSparse)
    assert of_networks["words"].shape[1] < 100
    landmarks = model.experts.offsets_[0].experts_._landmarks.tables[0]
    assert isinstance(landmarks, CentredSparse)


def test_dense_is_what_networks_or_trees_need_in_columns(cohorts):
    X = cohorts["sparse"]

    kept = ModelPreprocessor().fit(X).transform(X)["words"]
    made = ModelPreprocessor(dense=("words",)).fit(X).transform(X)["words"]

    assert isinstance(kept, CentredSparse)
    assert isinstance(made, np.ndarray)
    observed = X.mask[:, 0]
    assert_allclose(np.asarray(kept)[observed], made[observed], atol=1e-12)
    assert np.isnan(made[~observed]).all()


def test_narrow_sparse_blocks_are_made_dense(blocks):
    words = sparse.csr_array(blocks[0][:, :WIDE])

    made = ModelPreprocessor().fit_transform(MultiModalData({"words": words}))

    assert isinstance(made["words"], np.ndarray)


def test_families_that_need_every_cell_learn_the_same(cohorts):
    found = []
    experts = {"words": "sparse", "age": None, "joint": None}
    for X in cohorts.values():
        model = make_classifier(random_state=0, experts=experts)
        found.append(model.fit(X, TARGET).predict_proba(X))

    assert_allclose(*found, atol=1e-6)


def test_a_compact_model_is_small_and_predicts_the_same(fitted, cohorts):
    model, X = fitted["sparse"], cohorts["sparse"]

    assert_array_equal(model.compact().predict_proba(X), model.predict_proba(X))
