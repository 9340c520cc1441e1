"""Networks see wide blocks by their principal components."""

import pickle
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from common.instances import feature_graph, make_classifier
from numpy.testing import assert_allclose, assert_array_equal

from magnet_sklearn import MultiModalData
from magnet_sklearn._estimators._wide_blocks import (
    WIDE,
    fit_components,
    fit_projection,
    is_wide,
)
from magnet_sklearn.io import onnx_inputs

N_FEATURES = WIDE + 100
EVERYBODY = np.ones(40, dtype=bool)


def table(n_latent=3, n=40, seed=0):
    """Rows with some shared directions in much noise."""
    rng = np.random.default_rng(seed)
    shared = rng.normal(size=(n, n_latent)) @ rng.normal(size=(n_latent, N_FEATURES))
    values = shared + rng.normal(size=(n, N_FEATURES))
    return np.clip((values - values.mean(axis=0)) / values.std(axis=0), -10, 10)


@pytest.fixture(scope="module")
def cohort():
    rna = table()
    rng = np.random.default_rng(1)
    rna[::7] = np.nan
    X = {"rna": rna, "age": rng.normal(size=(40, 1))}
    return MultiModalData(X), np.arange(40) % 2


@pytest.fixture(scope="module")
def opened(cohort):
    return make_classifier(experts=None, gate=1.0).fit(*cohort)


def shapes(estimator):
    return estimator._model.ensemble.config.architecture.shapes


def test_components_are_singular_vectors():
    values = table()

    components = fit_components(values)

    left, sizes, right = np.linalg.svd(values, full_matrices=False)
    expected = left * sizes / np.sqrt(np.mean(sizes[:3] ** 2) / 40)
    coordinates = components.apply(values, EVERYBODY)
    signs = np.sign((coordinates * expected[:, :3]).sum(axis=0))
    assert_allclose(signs * coordinates, expected[:, :3], atol=1e-3)
    axes = np.ldexp(components.axes.astype(float), -components.bits)
    assert_allclose(np.abs(right[:3] @ axes), np.eye(3), atol=1e-3)


def test_axes_that_patients_bend_towards_themselves_are_left_out():
    assert fit_components(table(n_latent=0)).axes.shape[1] == 2
    assert fit_components(table(n_latent=6)).axes.shape[1] == 6


def test_a_patient_alone_has_the_same_coordinates_bit_by_bit():
    values = table()
    components = fit_components(values)

    together = components.apply(values, EVERYBODY)

    alone = [components.apply(values[[row]], EVERYBODY[:1]) for row in range(40)]
    assert_array_equal(np.concatenate(alone), together)


def test_blocks_are_wide_from_both_numbers_on():
    assert is_wide((40, WIDE + 1), 40)
    assert not is_wide((40, WIDE), 40)
    assert not is_wide((2000, WIDE + 1), 2000)
    assert not is_wide((40, 50, 50), 40)


def test_a_block_with_categories_stays():
    X = MultiModalData({"rna": table()})

    assert set(fit_projection(X, {"rna"}, {"rna": []}).blocks) == {"rna"}
    assert fit_projection(X, {"rna"}, {"rna": [2]}) is None
    assert fit_projection(X, {"age"}, {"rna": []}) is None


def test_networks_see_components_and_the_experts_features(opened, cohort):
    assert shapes(opened) == {"rna": (3,), "age": (1,)}
    assert opened._model.inputs.transform(cohort[0])["rna"].shape == (40, N_FEATURES)
    assert opened.transform(cohort[0]).shape == (40, 16)
    assert onnx_inputs(opened, cohort[0])["block_rna"].shape == (40, 3)


def test_a_patient_alone_gets_the_same_prediction(opened, cohort):
    X, together = cohort[0], opened.predict_proba(cohort[0])

    alone = [opened.predict_proba(X[[row]])[0] for row in range(8)]

    assert_allclose(alone, together[:8], atol=1e-12)


def test_pickles_hold_the_axes_once_and_no_weight_per_feature(opened, cohort):
    content = pickle.dumps(opened)

    loaded = pickle.loads(content)

    assert_array_equal(loaded.predict_proba(cohort[0]), opened.predict_proba(cohort[0]))
    of_experts = len(pickle.dumps(opened._model.inputs))
    axes = 4 * 3 * N_FEATURES
    assert len(content) < of_experts + axes + 120_000


@pytest.mark.parametrize(
    "parameters", [{"encoders": {"rna": "mlp"}}, {"feature_graph": feature_graph()}]
)
def test_encoders_of_features_see_all_of_them(cohort, parameters):
    X, y = cohort
    X = {"rna": X["rna"], "age": pd.DataFrame({"age": X["age"][:, 0]})}
    clf = make_classifier(experts=None, max_epochs=1, **parameters).fit(X, y)

    assert shapes(clf)["rna"] == (N_FEATURES,)


def test_training_goes_on_in_the_same_coordinates(cohort):
    X, y = cohort
    clf = make_classifier(experts=None, warm_start=True).fit(X, y)
    steps, held_out = clf._model.network_inputs.steps, clf._model.ensemble.held_out_

    clf.fit(X, y)

    assert clf._model.network_inputs.steps == steps
    known = ~np.isnan(held_out)
    assert_array_equal(~np.isnan(clf._model.ensemble.held_out_), known)


def test_a_wide_modality_that_comes_later_is_projected_too(cohort):
    X, y = cohort
    clf = make_classifier(gate=1.0, experts=None).fit(X, y)
    axes = clf._model.network_inputs.transform(X)["rna"]

    clf.add_modality({**X, "meth": table(n_latent=5, seed=4)}, y)

    assert shapes(clf) == {"rna": (3,), "age": (1,), "meth": (5,)}
    with_new = MultiModalData({**X, "meth": table(n_latent=5, seed=4)})
    assert_array_equal(clf._model.network_inputs.transform(with_new)["rna"], axes)
    assert_array_equal(clf.predict(X), pickle.loads(pickle.dumps(clf)).predict(X))


def test_pretraining_learns_the_components(cohort):
    X, y = cohort
    clf = make_classifier(experts=None).pretrain(X, max_epochs=1)

    clf.fit(X[:20], y[:20])

    assert shapes(clf)["rna"] == (3,)
    assert clf._model.inputs.projected == frozenset()


def test_closed_networks_are_not_looked_at(cohort):
    clf = make_classifier(gate=0.0).fit(*cohort)
    expected = clf.predict_proba(cohort[0]), clf.contributions(cohort[0])
    inputs = clf._model.network_inputs

    # a step that would fail
    clf._model = replace(clf._model, network_inputs=replace(inputs, steps=(None,)))

    assert_array_equal(clf.predict_proba(cohort[0]), expected[0])
    assert_array_equal(clf.contributions(cohort[0]), expected[1])


def test_columns_get_what_their_components_add():
    rng = np.random.default_rng(0)
    table = rng.normal(size=(20, 3)) @ rng.normal(size=(3, 50))
    components = fit_components(table)
    seen = components.apply(table, np.ones(20, dtype=bool))
    slope = rng.normal(size=seen.shape[1])
    # a linear function of the components is one of the columns
    found = components.to_columns((seen * slope)[:, :, None], seen, table)
    weights = np.ldexp(components.axes @ slope, -components.bits) / components.scale
    assert_allclose(found[:, :, 0], table * weights, rtol=1e-6)
    assert_allclose(found.sum(axis=(1, 2)), seen @ slope, atol=1e-4)
