"""From an estimator's parameters to what its networks are made of."""

import pytest
import torch
from common.cohorts import make_patients
from common.instances import make_classifier
from torch import nn

from magnet_sklearn import MagnetClassifier
from magnet_sklearn._estimators._config import (
    deciding_parameters,
    ensemble_config,
    pretraining_config,
)
from magnet_sklearn._estimators._model import StartState
from magnet_sklearn.data import MultiModalData
from magnet_sklearn.graph import PatientGraphBuilder
from magnet_sklearn.losses import ClassLoss

CPU = torch.device("cpu")


def fitted_inputs(estimator, X=None):
    """Fitted input pipeline and preprocessed patients."""
    X = make_patients()[0] if X is None else X
    inputs, X = estimator._new_inputs().learn(estimator, X)
    return inputs.fit_transform(X, None)


def config_of(estimator, X=None, *, validates=True, **state):
    inputs, X = fitted_inputs(estimator, X)
    start = StartState(inputs, inputs, **state)
    return ensemble_config(estimator, start, X, ClassLoss(2), CPU, validates=validates)


def test_only_members_that_hold_out_patients_stop_early():
    clf = make_classifier(n_iter_no_change=7)

    with_held_out = config_of(clf).optimisation
    without = config_of(clf, validates=False).optimisation

    assert (with_held_out.n_iter_no_change, without.n_iter_no_change) == (7, None)
    assert {**vars(with_held_out), "n_iter_no_change": None} == vars(without)


def test_pretraining_encodes_and_fuses_only():
    clf = make_classifier(n_iter_no_change=7, contrastive_weight=0.0)

    config = pretraining_config(clf, *fitted_inputs(clf), ClassLoss(2), 9)

    assert config.graph is None
    assert config.architecture.decoder is None
    assert not config.architecture.skip_connection
    assert config.optimisation.max_epochs == 9
    assert config.optimisation.contrastive_weight == 1.0
    assert config.optimisation.n_iter_no_change is None


def test_pretraining_has_the_encoders_and_widths_of_fit():
    clf = make_classifier(fusion="cross")
    architecture = config_of(clf).architecture

    pretrained = pretraining_config(clf, *fitted_inputs(clf), ClassLoss(2), 9)

    for name in ("shapes", "category_sizes", "hidden_dim", "n_heads", "fusion"):
        of_fit = getattr(architecture, name)
        assert getattr(pretrained.architecture, name) == of_fit, name


def test_builder_is_copied_and_gets_the_device():
    builder = PatientGraphBuilder(3, metric="euclidean")

    graph = config_of(make_classifier(graph=builder)).graph

    assert graph is not builder
    assert (graph.n_neighbors, graph.metric) == (3, "euclidean")
    assert graph.device == "cpu"


def test_name_of_the_graph_takes_the_number_of_neighbours():
    graph = config_of(make_classifier(n_neighbors=4)).graph

    assert graph.n_neighbors == 4


@pytest.mark.parametrize("reason", ["graph=None", "images alone"])
def test_without_a_graph_there_is_no_decoder(reason):
    clf, X = make_classifier(graph=None), None
    if reason == "images alone":
        clf = make_classifier(encoders={"image": nn.Flatten()})
        X = MultiModalData({"image": torch.rand(9, 2, 4).numpy()})

    config = config_of(clf, X)

    assert config.graph is None
    assert config.architecture.decoder is None
    assert config.n_branches == 1


def test_published_network_has_no_branch_without_the_graph():
    assert config_of(make_classifier()).n_branches == 2
    assert config_of(MagnetClassifier.published()).n_branches == 1


@pytest.mark.parametrize(("gate", "expected"), [("auto", None), (1, 1.0), (0.5, 0.5)])
def test_gate_is_learned_unless_it_is_a_number(gate, expected):
    assert config_of(make_classifier(gate=gate)).gate == expected


def test_frozen_modalities_are_those_of_the_start():
    frozen = frozenset({"rna"})

    assert config_of(make_classifier(), frozen=frozen).frozen == frozen


def test_encoder_of_a_modality_that_no_patient_had_is_left_out():
    clf = make_classifier(encoders={"rna": "mlp", "clinical": "mlp"})
    X = make_patients()[0]
    X = X[~X.mask[:, list(X).index("clinical")]]

    architecture = config_of(clf, X).architecture

    assert list(architecture.encoders) == ["rna"]
    assert list(architecture.shapes) == ["rna", "protein"]


def test_where_a_training_runs_decides_nothing():
    here = make_classifier(n_jobs=1)
    there = make_classifier(n_jobs=2, verbose=1, checkpoint="x", random_state=7)
    other = make_classifier(hidden_dim=16)

    deciding = [
        deciding_parameters(clf.get_params(deep=False)) for clf in (here, there, other)
    ]

    assert deciding[0] == deciding[1]
    assert deciding[0] != deciding[2]
