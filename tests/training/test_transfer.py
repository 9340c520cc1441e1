"""Which of several starts is kept."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose

from magnet_sklearn import MultiModalData
from magnet_sklearn._training import (
    Cohort,
    EnsembleConfig,
    Execution,
    Optimisation,
    Transfer,
    Transferred,
    fit_better_start,
)
from magnet_sklearn._training._transfer import _log_likelihood
from magnet_sklearn.losses import ClassLoss
from magnet_sklearn.nn import Architecture, build_network

HERE = Execution(device=torch.device("cpu"))
SEEDS = [1, 2]


def make_cohort(n_patients=40):
    rng = np.random.default_rng(0)
    X = MultiModalData({"rna": rng.normal(size=(n_patients, 3))})
    y = (X["rna"][:, :1] > 0).astype(float)
    return Cohort(X, np.zeros((n_patients, 2)), y, np.ones(n_patients))


CONFIG = EnsembleConfig(
    loss=ClassLoss(2),
    architecture=Architecture(
        n_outputs=2, shapes={"rna": (3,)}, hidden_dim=8, decoder=None, dropout=0.0
    ),
    optimisation=Optimisation(
        learning_rate=0.02,
        weight_decay=0.0,
        max_epochs=6,
        batch_size=64,
        n_iter_no_change=5,
    ),
)
ROWS = np.arange(40)
FOLDS = [(ROWS[20:], ROWS[:20]), (ROWS[:20], ROWS[20:])]


def make_transfer(complete=("rna",)):
    network = build_network(CONFIG.architecture, torch.Generator().manual_seed(5))
    return Transfer([network], {"rna": lambda values: values}, frozenset(complete))


@pytest.fixture(scope="module")
def better():
    return fit_better_start(CONFIG, make_transfer(), make_cohort(), FOLDS, SEEDS, HERE)


def test_gain_is_that_of_held_out_outputs(better):
    ensemble, _ = better
    cohort = make_cohort()
    expected = []
    for _, rows in FOLDS:
        logits = torch.tensor(ensemble.held_out_[rows])
        chosen = logits.log_softmax(1)[range(20), cohort.target[rows, 0].astype(int)]
        expected.append(chosen.sum())
    assert_allclose(_log_likelihood(ensemble, cohort, FOLDS), expected)


def test_a_start_is_kept_beyond_noise_only():
    assert Transferred(["rna"], gain=2.0, needed=1.9).helps
    assert not Transferred(["rna"], gain=1.8, needed=1.9).helps
    assert not Transferred([], gain=5.0).helps
    assert Transferred(["rna"]).helps  # nobody held out: nothing to compare


def test_what_is_needed_is_at_least_what_chance_gives(better):
    _, found = better
    assert found.parts == ["rna", "fusion"]
    assert found.needed >= 1.92
    assert found.frozen in (frozenset(), frozenset({"rna"}))


def test_incomplete_encoders_are_trained_on():
    transfer = make_transfer(complete=())
    _, found = fit_better_start(CONFIG, transfer, make_cohort(), FOLDS, SEEDS, HERE)
    assert found.frozen == frozenset()


def test_patients_of_the_user_decide_as_well():
    cohort = make_cohort()
    splits = [(ROWS, make_cohort(30))] * 2
    _, found = fit_better_start(CONFIG, make_transfer(), cohort, splits, SEEDS, HERE)
    assert np.isfinite(found.gain)
    assert found.needed == 1.92


def test_without_held_out_patients_the_start_is_taken():
    config = replace(
        CONFIG, optimisation=replace(CONFIG.optimisation, n_iter_no_change=None)
    )
    splits = [(ROWS, None)] * 2
    ensemble, found = fit_better_start(
        config, make_transfer(), make_cohort(), splits, SEEDS, HERE
    )
    assert np.isnan(found.gain)
    assert found.helps
    assert ensemble.pretrained == ()
