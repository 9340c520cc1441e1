"""What the file says is what the networks say."""

import sys
from copy import deepcopy
from pathlib import Path

import numpy as np
import pytest
import torch
from common.cohorts import PATTERNS, hide, make_blocks, make_patients, without_data
from common.instances import INSTANCES, feature_graph, make_classifier, target_for
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import make_pipeline
from torch import nn

import magnet_sklearn
from magnet_sklearn import MultiModalData
from magnet_sklearn.io import export_onnx, onnx_inputs

pytest.importorskip("onnxscript")
onnxruntime = pytest.importorskip("onnxruntime")

# Their gates are open: else 0 would be right for everybody.
KINDS = [
    "bare",
    "no-graph",
    "fusion-mean",
    "fusion-concat",
    "fusion-cross",
    "decoder-gat",
    "decoder-gcn",
    "decoder-gin",
    "no-skip-connection",
    "published",
    "own-experts",
    "feature-graph-own-encoder",
    "MultiModalGNNRegressor-bare",
    "MagnetSurvivalAnalysis-bare",
    "MagnetMultiTask-bare",
    "MagnetMultiTask-feature-graph",
]


class ImageEncoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten()
        )
        self.output = nn.Linear(16, 8)

    def forward(self, X):
        return self.output(self.layers(X))


class RowByRow(nn.Linear):
    """An encoder that fixes the number of patients."""

    def forward(self, X):
        return torch.stack([super(RowByRow, self).forward(row) for row in X])


class OneWayOrTheOther(nn.Linear):
    """An encoder whose way depends on values."""

    def forward(self, X):
        return super().forward(X if X.isfinite().all() else X.nan_to_num())


def export(estimator, folder):
    export_onnx(estimator, folder / "networks.onnx")
    return onnxruntime.InferenceSession(folder / "networks.onnx")


def run(session, inputs):
    (outputs,) = session.run(None, inputs)
    return outputs


def expected(estimator, X):
    """What the networks add to the outputs of the experts."""
    return estimator._embed(estimator._prepare(X)).outputs


def queries():
    """Patients in every pattern, and two without any modality."""
    patterns = np.vstack([PATTERNS, PATTERNS])
    return without_data(hide(MultiModalData(make_blocks(14, seed=7)[0]), patterns), 2)


@pytest.fixture(scope="module", params=KINDS)
def served(request, tmp_path_factory):
    estimator = clone(INSTANCES[request.param])
    estimator.fit(*target_for(estimator))
    return estimator, export(estimator, tmp_path_factory.mktemp("onnx"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("onnx")


@pytest.fixture(scope="module")
def bare(folder):
    estimator = clone(INSTANCES["bare"]).fit(*make_patients())
    return estimator, export(estimator, folder)


def test_outputs_are_those_of_the_networks_in_every_pattern(served):
    estimator, session = served
    X = queries()
    computed = expected(estimator, X)

    assert_allclose(run(session, onnx_inputs(estimator, X)), computed, atol=1e-6)
    assert np.ptp(computed, axis=0).max() > 1e-3
    assert_array_equal(computed[-2:], 0)


def test_a_patient_alone_has_the_same_outputs(served):
    estimator, session = served
    X = queries()

    alone = [run(session, onnx_inputs(estimator, X[[row]])) for row in range(len(X))]

    assert_allclose(np.vstack(alone), expected(estimator, X), atol=1e-6)


def test_values_of_missing_modalities_do_not_matter(served):
    estimator, session = served
    inputs = onnx_inputs(estimator, queries())
    blocks = [name for name in inputs if name.startswith("block_")]
    filled = dict(inputs)
    for column, name in enumerate(blocks):
        filled[name] = inputs[name].copy()
        filled[name][~inputs["mask"][:, column]] = 7.0

    assert_allclose(run(session, filled), run(session, inputs), atol=1e-6)


@settings(max_examples=20, deadline=None)
@given(rows=st.lists(st.integers(0, 15), min_size=1, max_size=40))
def test_any_batch_has_the_outputs_of_its_patients(bare, rows):
    estimator, session = bare
    X = queries()

    computed = run(session, onnx_inputs(estimator, X[rows]))

    assert_allclose(computed, expected(estimator, X)[rows], atol=1e-6)


def test_number_and_order_of_neighbors_are_free(bare):
    estimator, session = bare
    inputs = onnx_inputs(estimator, queries())
    neighbors, similarity = inputs["neighbors"], inputs["similarity"]
    changed = {
        **inputs,
        "neighbors": np.hstack([0 * neighbors - 1, neighbors[:, ::-1]]),
        "similarity": np.hstack([0 * similarity, similarity[:, ::-1]]),
    }

    assert_allclose(run(session, changed), run(session, inputs), atol=1e-6)


def test_similarity_without_neighbor_does_not_matter(bare):
    estimator, session = bare
    inputs = onnx_inputs(estimator, queries())
    nobody = inputs["neighbors"] < 0
    changed = {**inputs, "similarity": inputs["similarity"] + np.float32(0.5) * nobody}

    assert nobody.any()
    assert_allclose(run(session, changed), run(session, inputs), atol=1e-6)


def test_experts_and_file_together_are_the_decision(tmp_path):
    estimator = make_classifier(early_stopping=False).fit(*make_patients(n_classes=3))
    session = export(estimator, tmp_path)
    X = queries()[:14]

    inputs = onnx_inputs(estimator, X)
    blocks = MultiModalData({name: inputs[f"block_{name}"] for name in X})
    outputs = estimator.offset_.outputs(blocks) + run(session, inputs)

    assert_allclose(outputs, estimator.decision_function(X), atol=1e-5)


def test_closed_graph_branch_needs_no_neighbors(bare, tmp_path):
    estimator = deepcopy(bare[0])
    estimator._model.ensemble.gates_ = np.array([0.5, 0.0])
    session = export(estimator, tmp_path)
    inputs = onnx_inputs(estimator, queries())

    assert [value.name for value in session.get_inputs()] == list(inputs)
    assert "neighbors" not in inputs
    assert_allclose(run(session, inputs), expected(estimator, queries()), atol=1e-6)


def test_networks_with_closed_gates_add_nothing(bare, tmp_path):
    estimator = deepcopy(bare[0])
    estimator._model.ensemble.gates_ = np.zeros(2)
    session = export(estimator, tmp_path)

    assert_array_equal(run(session, onnx_inputs(estimator, queries())), 0)


def test_file_of_two_layers_on_images_with_an_own_encoder(tmp_path):
    blocks, y = make_blocks()
    image = np.random.default_rng(0).normal(size=(len(y), 1, 4, 4))
    image[::3] = np.nan
    # names as users have them, and as parts of a file may have them
    X = MultiModalData(
        {"CT scan": image, "mask": blocks["rna"], "linear": blocks["protein"]}
    )
    estimator = clone(INSTANCES["bare"]).set_params(
        encoders={"CT scan": ImageEncoder()}, n_layers=2
    )
    estimator.fit(X, y)

    outputs = run(export(estimator, tmp_path), onnx_inputs(estimator, X))

    assert_allclose(outputs, expected(estimator, X), atol=1e-6)


def test_estimator_that_got_a_modality_later_is_exported(tmp_path):
    X, y = make_patients()
    first = MultiModalData({name: X[name] for name in ("clinical", "rna")})
    seen = np.flatnonzero(first.mask.any(axis=1))
    estimator = clone(INSTANCES["bare"]).fit(first[seen], y[seen])
    estimator.add_modality(X, y)

    outputs = run(export(estimator, tmp_path), onnx_inputs(estimator, queries()))

    assert_allclose(outputs, expected(estimator, queries()), atol=1e-6)


def test_modality_without_training_patients_is_no_input(tmp_path):
    X, y = make_patients()
    gone = hide(X, X.mask & [True, False, True])
    seen = np.flatnonzero(gone.mask.any(axis=1))
    estimator = clone(INSTANCES["bare"]).fit(gone[seen], y[seen])

    inputs = onnx_inputs(estimator, queries())

    assert "block_protein" not in inputs
    outputs = run(export(estimator, tmp_path), inputs)
    assert_allclose(outputs, expected(estimator, queries()), atol=1e-6)


@pytest.mark.parametrize("kind", [RowByRow, OneWayOrTheOther])
def test_encoder_that_cannot_be_exported_is_named(kind, tmp_path, capfd):
    estimator = clone(INSTANCES["bare"]).set_params(encoders={"protein": kind(4, 8)})
    estimator.fit(*make_patients())

    with pytest.raises(ValueError, match=f"'protein', a {kind.__name__}, cannot be"):
        export_onnx(estimator, tmp_path / "networks.onnx")

    assert not list(tmp_path.iterdir())
    assert "".join(capfd.readouterr()) == ""


def test_export_is_quiet_and_leaves_the_random_state_alone(bare, tmp_path, capfd):
    state = torch.random.get_rng_state()

    export_onnx(bare[0], tmp_path / "networks.onnx")

    assert "".join(capfd.readouterr()) == ""
    assert torch.equal(torch.random.get_rng_state(), state)


def test_file_passes_the_checks_of_onnx(bare, folder):
    onnx = pytest.importorskip("onnx")

    onnx.checker.check_model(folder / "networks.onnx", full_check=True)


def test_export_is_one_file_without_paths_of_the_machine(bare, folder):
    (file,) = folder.iterdir()

    for module in (magnet_sklearn, torch):
        assert str(Path(module.__file__).parent).encode() not in file.read_bytes()


def test_absent_extra_is_named(bare, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnxscript", None)

    with pytest.raises(ImportError, match=r"magnet-sklearn\[onnx\]"):
        export_onnx(bare[0], tmp_path / "networks.onnx")


@pytest.mark.parametrize("function", [export_onnx, onnx_inputs])
def test_other_than_fitted_estimators_are_refused(function):
    X = make_patients()[0]

    with pytest.raises(TypeError, match="estimator is a Pipeline.*pipeline\\[-1\\]"):
        function(make_pipeline(make_classifier()), X)
    with pytest.raises(NotFittedError):
        function(make_classifier(feature_graph=feature_graph()), X)
