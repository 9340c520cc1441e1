"""An ensemble without the estimator around it."""

import pickle
import subprocess
import sys

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal

from magnet_sklearn import MultiModalData
from magnet_sklearn._training import (
    Cohort,
    EnsembleConfig,
    Execution,
    NetworkEnsemble,
    Optimisation,
)
from magnet_sklearn.graph import PatientGraphBuilder
from magnet_sklearn.losses import ClassLoss
from magnet_sklearn.nn import Architecture

CPU = torch.device("cpu")
ROWS = np.arange(40)


def make_cohort():
    rng = np.random.default_rng(0)
    y = np.tile([0.0, 1.0], 20)
    X = MultiModalData({"rna": rng.normal(size=(40, 3)) + y[:, None]})
    return Cohort(X, np.zeros((40, 2)), y[:, None], np.ones(40))


def make_ensemble(n_iter_no_change=5, **changes):
    architecture = {"n_outputs": 2, "shapes": {"rna": (3,)}, "hidden_dim": 8}
    config = EnsembleConfig(
        loss=ClassLoss(2),
        architecture=Architecture(**{**architecture, **changes}),
        optimisation=Optimisation(
            learning_rate=0.01,
            weight_decay=0.0,
            max_epochs=20,
            batch_size=64,
            n_iter_no_change=n_iter_no_change,
        ),
        graph=PatientGraphBuilder(3),
    )
    return NetworkEnsemble(config)


@pytest.fixture(scope="module")
def fitted():
    splits = [(ROWS[10:], ROWS[:10]), (ROWS[:30], ROWS[30:])]
    return make_ensemble().fit(make_cohort(), splits, [1, 2], Execution(device=CPU))


def test_outputs_of_training_patients_are_those_of_members_without_them(fitted):
    known = np.r_[0:10, 30:40]

    assert np.isfinite(fitted.held_out_[known]).all()
    assert np.isnan(fitted.held_out_[10:30]).all()


def test_predictions_do_not_depend_on_the_batch_size(fitted):
    X = make_cohort().X

    whole = fitted.predict(X, device=CPU, batch_size=40)
    small = fitted.predict(X, device=CPU, batch_size=7)

    for name, values in vars(whole).items():
        assert_allclose(getattr(small, name), values, atol=1e-10)
    assert whole.embedding.shape == (40, 2 * 8)


def test_outputs_alone_are_those_of_predict(fitted):
    X = make_cohort().X

    expected = fitted.predict(X, device=CPU, batch_size=40).branches
    assert_array_equal(fitted.branches(X, CPU), expected)


def test_an_ensemble_of_closed_gates_adds_nothing(fitted):
    closed = pickle.loads(pickle.dumps(fitted))
    closed.gates_ = np.zeros(2)

    assert closed.branches(make_cohort().X, CPU) == 0.0
    assert closed.inference_graph is None


def test_pickled_ensembles_predict_alike_and_hold_no_inference_state(fitted):
    X = make_cohort().X
    expected = fitted.branches(X, CPU)

    again = pickle.loads(pickle.dumps(fitted))

    assert again._inference is None
    assert_array_equal(again.branches(X, CPU), expected)


def test_every_branch_is_open_where_nobody_is_held_out():
    splits = [(ROWS, None)]

    ensemble = make_ensemble(None).fit(
        make_cohort(), splits, [1], Execution(device=CPU)
    )

    assert ensemble.gates_.tolist() == [1.0, 1.0]
    assert ensemble.output_gates.tolist() == [[1.0, 1.0], [1.0, 1.0]]


def test_all_that_estimators_import_comes_without_skorch_and_pyg():
    code = (
        "import sys; from magnet_sklearn._training import *; "
        "from magnet_sklearn._training.runtime import *; "
        "sys.exit(bool({'skorch', 'torch_geometric'} & sys.modules.keys()))"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
