from copy import deepcopy

import numpy as np
import pandas as pd
import pytest
from common.cohorts import make_patients
from common.instances import make_classifier
from numpy.testing import assert_allclose
from sklearn.decomposition import PCA

from magnet_sklearn import MagnetClassifier, MultiModalData, MultiModalGNNRegressor
from magnet_sklearn.explain import feature_attribution
from magnet_sklearn.preprocessing import ModalityTransformer


@pytest.fixture(scope="module")
def explained(fitted):
    estimator, X, _ = fitted
    return estimator, X, feature_attribution(estimator, X)


@pytest.fixture(scope="module")
def alone():
    """A model of experts alone."""
    X, y = make_patients()
    return make_classifier(gate=0.0).fit(X, y), X, y


def test_values_sum_to_the_output(explained):
    estimator, X, explanation = explained
    parts = estimator.contributions(X).to_numpy()
    sums = parts.reshape(len(X), -1, len(explanation.outputs)).sum(axis=1)
    assert_allclose(explanation.predictions() - estimator.baseline_, sums, atol=1e-9)
    assert np.abs(explanation.residual).max() < 1e-9


def test_missing_blocks_and_cells_add_exactly_nothing(explained):
    estimator, _, explanation = explained
    gone = explanation.data.isna().to_numpy()
    assert gone.any()
    assert (explanation.values[gone] == 0).all()
    speaks = estimator.gates_.any() or estimator.offset_.experts_ is not None
    assert (explanation.values[~gone] != 0).any() == speaks


def test_values_do_not_depend_on_other_patients(explained):
    estimator, X, explanation = explained
    alone = feature_attribution(estimator, X[[3]])
    assert_allclose(alone.values[0], explanation.values[3], atol=1e-9)
    assert_allclose(alone.base_values[0], explanation.base_values[3], atol=1e-9)


def test_parts_are_the_columns_of_the_user_in_his_units(explained):
    _, X, explanation = explained
    assert [*explanation.parts[-2:]] == [("clinical", "age"), ("clinical", "stage")]
    data = explanation.data
    assert data["clinical", "stage"].equals(X["clinical"]["stage"])
    assert_allclose(data["rna"].to_numpy(), X["rna"])


def test_linear_regression_gives_coefficient_times_distance_to_the_mean():
    rng = np.random.default_rng(0)
    rna = pd.DataFrame(rng.normal(5, 2, size=(80, 3)), columns=["a", "b", "c"])
    rna["constant"] = 1.0
    model = MultiModalGNNRegressor(
        experts="linear", gate=0.0, ensemble_size=1, max_epochs=1, random_state=0
    )
    model.fit({"rna": rna}, 3 * rna["b"] - rna["c"])
    explanation = feature_attribution(model, {"rna": rna})
    means = rna.assign(constant=1.0).mean().to_frame().T
    assert_allclose(
        explanation.base_values, model.predict({"rna": means})[0], atol=1e-8
    )
    values = explanation.to_frame()["rna"]
    slope = np.polyfit(rna["b"], values["b"], 1)
    assert slope[0] == pytest.approx(3.0, abs=0.1)
    assert -slope[1] / slope[0] == pytest.approx(rna["b"].mean())
    assert (values["constant"] == 0).all()


def test_background_is_the_reference(alone):
    estimator, X, _ = alone
    patients = X[:5]
    explanation = feature_attribution(estimator, X, background=patients)
    assert np.abs(explanation.residual).max() < 1e-9
    assert (explanation.values[~X.mask[:, 0], :6] == 0).all()
    # the mean patient of one block differs from itself in nothing
    one = {"rna": X["rna"][[0]]}
    same = feature_attribution(estimator, one, background=one)
    assert (same.values == 0).all()


def test_columns_made_by_a_preprocessor_are_named_as_such():
    X, y = make_patients()
    preprocessor = ModalityTransformer({"rna": PCA(2)})
    model = make_classifier(gate=0.0, preprocessor=preprocessor).fit(X, y)
    explanation = feature_attribution(model, X)
    assert [*explanation.parts[:3]] == [
        ("rna", "pca0"),
        ("rna", "pca1"),
        ("protein", "protein_0"),
    ]
    assert "'rna'" in explanation.method
    assert np.abs(explanation.residual).max() < 1e-9


def test_planted_features_come_first():
    rng = np.random.default_rng(0)
    names = [f"gene_{number}" for number in range(40)]
    rna = pd.DataFrame(rng.normal(size=(200, 40)), columns=names)
    miss = rng.random(200) < 0.2
    y = (rna.iloc[:, :5].sum(axis=1) + 0.5 * rng.normal(size=200) > 0).astype(int)
    rna[miss] = np.nan
    X = {"rna": rna, "age": rng.normal(size=(200, 2))}
    model = MagnetClassifier(gate=0.0, ensemble_size=1, max_epochs=1, random_state=0)
    top = feature_attribution(model.fit(X, y), X).top(5)
    assert set(top.index) == {("rna", name) for name in names[:5]}


def test_other_estimators_are_refused():
    with pytest.raises(TypeError, match="got a PCA"):
        feature_attribution(PCA(), np.eye(2))


@pytest.fixture(scope="module")
def wide():
    """Networks that speak, and see a block of 2100 columns in its components."""
    rng = np.random.default_rng(0)
    y = np.arange(60) % 2
    rna = rng.normal(size=(60, 2100)) + 0.4 * y[:, None] * (np.arange(2100) < 300)
    rna[::5] = np.nan
    X = MultiModalData({"rna": rna, "age": rng.normal(size=(60, 2))})
    clf = make_classifier(experts=None, gate=1.0, max_epochs=10, ensemble_size=1)
    return clf.fit(X, y), X


def test_columns_of_a_wide_block_share_what_its_components_add(wide):
    clf, X = wide
    assert clf._model.network_inputs.projected == {"rna"}
    explanation = feature_attribution(clf, X[:6])
    # components are in single precision
    assert_allclose(explanation.residual, 0, atol=1e-6)
    informative = np.abs(explanation.values[1, :2100, 0])
    assert informative[:300].mean() > 1.3 * informative[300:].mean()


def test_a_missing_wide_block_adds_nothing(wide):
    clf, X = wide
    explanation = feature_attribution(clf, X[[0]], background=X)
    assert not explanation.values[0, :2100].any()
    assert explanation.values[0, 2100:].any()


def test_columns_of_a_wide_block_are_explained_after_add_modality(wide):
    clf, X = deepcopy(wide)
    rng, y = np.random.default_rng(1), np.arange(60) % 2
    protein = rng.normal(size=(60, 3)) + y[:, None]
    more = MultiModalData({**dict(X.items()), "protein": protein})
    clf.add_modality(more, y)
    explanation = feature_attribution(clf, more[:6])
    assert_allclose(explanation.residual, 0, atol=1e-6)
    output = clf.decision_function(more[:6])
    assert_allclose(explanation.predictions()[:, 0], output, atol=1e-9)
    assert (explanation.values[1, :2100] != 0).any()
    assert (explanation.values[0, :2100] == 0).all()
    assert (explanation.values[:, -3:] != 0).any()
