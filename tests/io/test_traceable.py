"""Networks without data-dependent shapes compute what the estimator predicts."""

import numpy as np
import pytest
import torch
from common.cohorts import PATTERNS, hide, make_blocks, without_data
from common.instances import INSTANCES, target_for
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone

from magnet_sklearn import MultiModalData
from magnet_sklearn.io import onnx_inputs
from magnet_sklearn.io._traceable import TraceableEnsemble

# Their gates are open, and without experts all but the prior is the networks'.
KINDS = ["bare", "no-graph", "fusion-cross", "decoder-gat", "published"]


def queries():
    """Patients in every pattern, and one without any modality."""
    patterns = np.vstack([PATTERNS, PATTERNS])
    return without_data(hide(MultiModalData(make_blocks(14, seed=7)[0]), patterns))


def outputs(networks, inputs):
    blocks = [value for name, value in inputs.items() if name.startswith("block_")]
    others = [value for name, value in inputs.items() if not name.startswith("block_")]
    with torch.no_grad():
        return networks(
            [torch.tensor(block) for block in blocks],
            *(torch.tensor(value) for value in others),
        ).numpy()


@pytest.fixture(scope="module", params=KINDS)
def traced(request):
    estimator = clone(INSTANCES[request.param])
    estimator.fit(*target_for(estimator))
    return estimator, TraceableEnsemble(estimator._model.ensemble).eval()


@pytest.mark.filterwarnings("ignore:.*no observed modality")
def test_outputs_are_the_predictions_less_the_prior(traced):
    estimator, networks = traced
    X = queries()

    found = outputs(networks, onnx_inputs(estimator, X))

    probability = estimator.predict_proba(X)
    log_ratio = np.log(probability) - np.log(probability[-1])
    found = found if found.shape[1] == 2 else np.hstack([0 * found, found])
    contrast = found[:, 1] - found[:, 0]
    assert_allclose(contrast, log_ratio[:, 1] - log_ratio[:, 0], atol=1e-5)


def test_patient_without_any_modality_gets_zero(traced):
    estimator, networks = traced

    assert_array_equal(outputs(networks, onnx_inputs(estimator, queries()))[-1], 0)


def test_tracing_leaves_the_estimator_as_it_was(traced):
    estimator, networks = traced
    X = queries()[:7]
    before = estimator.predict_proba(X)

    with torch.no_grad():
        for weight in networks.parameters():
            weight.zero_()

    assert_array_equal(estimator.predict_proba(X), before)
