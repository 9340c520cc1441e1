"""From an estimator's parameters to what its networks are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import torch
from sklearn.base import clone

from magnet_sklearn._estimators._frozen_encoders import frozen_encoders
from magnet_sklearn._estimators._inputs import InputPipeline
from magnet_sklearn._estimators._model import StartState
from magnet_sklearn._estimators._parameters import SharedParameters
from magnet_sklearn._training import EnsembleConfig, Optimisation
from magnet_sklearn.data import MultiModalData, kind_of
from magnet_sklearn.graph import PatientGraphBuilder
from magnet_sklearn.losses import TaskLoss
from magnet_sklearn.nn import Architecture
from magnet_sklearn.nn.encoders import ENCODER_OF_KIND

# Parameters that say where and how loudly a training runs, not what it learns.
_WITHOUT_EFFECT = {"checkpoint", "device", "n_jobs", "random_state", "verbose"}


def ensemble_config(
    parameters: SharedParameters,
    start: StartState,
    X: MultiModalData,
    loss: TaskLoss,
    device: torch.device,
    *,
    validates: bool,
) -> EnsembleConfig:
    """Return what the members of an ensemble share.

    Parameters
    ----------
    parameters : SharedParameters
        An estimator.
    start : StartState
        Fitted input pipeline, and encoders that do not learn.
    X : MultiModalData of shape (n_patients, n_modalities)
        Preprocessed training patients.
    loss : TaskLoss
        Loss of the target.
    device : torch.device
        Where to train.
    validates : bool
        Whether members hold out patients.
    """
    inputs = start.network_inputs or start.inputs
    graph = _patient_graph(parameters, X, inputs.projected, device)
    decoder = None if graph is None else parameters.decoder
    optimisation = _optimisation(parameters)
    if not validates:
        optimisation = replace(optimisation, n_iter_no_change=None)
    return EnsembleConfig(
        loss=loss,
        architecture=_architecture(parameters, inputs, X, loss.n_outputs, decoder),
        optimisation=optimisation,
        graph=graph,
        frozen=start.frozen,
        gate=None if isinstance(parameters.gate, str) else float(parameters.gate),
    )


def pretraining_config(
    parameters: SharedParameters,
    inputs: InputPipeline,
    X: MultiModalData,
    loss: TaskLoss,
    max_epochs: int,
) -> EnsembleConfig:
    """Return the same for networks that only encode and fuse."""
    architecture = _architecture(parameters, inputs, X, loss.n_outputs, None)
    return EnsembleConfig(
        loss=loss,
        architecture=replace(architecture, skip_connection=False),
        optimisation=replace(
            _optimisation(parameters),
            max_epochs=max_epochs,
            contrastive_weight=1.0,
            n_iter_no_change=None,
        ),
        graph=None,
    )


def deciding_parameters(parameters: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Return the parameters that decide what the networks learn."""
    return [pair for pair in parameters.items() if pair[0] not in _WITHOUT_EFFECT]


def _patient_graph(parameters, X, projected, device):
    """Unfitted builder of the patient graph, or None."""
    graph = parameters.graph
    if isinstance(graph, str):
        graph = PatientGraphBuilder(parameters.n_neighbors)
    if graph is None or all(block.ndim > 2 for block in X.values()):
        return None
    # inside the estimator's fit, scikit-learn does not check parameters of others
    graph._validate_params()
    common_scale = sorted(projected.union(graph.common_scale or ()))
    return clone(graph).set_params(
        device=str(device), common_scale=common_scale or None
    )


def _architecture(parameters, inputs, X, n_outputs, decoder):
    """Return what a network is built from."""
    # without the user's encoders of modalities that no patient had
    unused = set(inputs.blocks) - set(X)
    frozen = frozen_encoders(parameters.encoders).keys() & inputs.blocks.keys()
    given = parameters.encoders or {}
    kinds = {name: kind_of(block) for name, block in X.items()}
    encoders = {
        **{n: ENCODER_OF_KIND[k] for n, k in kinds.items() if k in ENCODER_OF_KIND},
        **{n: own for n, own in given.items() if n not in unused | frozen},
    }
    return Architecture(
        n_outputs=n_outputs,
        shapes={name: block.shape[1:] for name, block in X.items()},
        category_sizes=inputs.steps[-1].category_sizes_,
        encoders=encoders,
        feature_graph=inputs.feature_graph_,
        fusion=parameters.fusion,
        decoder=decoder,
        hidden_dim=parameters.hidden_dim,
        n_heads=parameters.n_heads,
        n_layers=parameters.n_layers,
        dropout=parameters.dropout,
        # False is the published wiring, of classifiers only
        skip_connection=getattr(parameters, "skip_connection", True),
    )


def _optimisation(parameters):
    """Return how a network is trained."""
    return Optimisation(
        learning_rate=parameters.learning_rate,
        weight_decay=parameters.weight_decay,
        max_epochs=parameters.max_epochs,
        batch_size=parameters.batch_size,
        similarity_weight=parameters.similarity_weight,
        contrastive_weight=parameters.contrastive_weight,
        precision=parameters.precision,
        compile=parameters.compile,
        callbacks=tuple(parameters.callbacks or ()),
        n_iter_no_change=parameters.n_iter_no_change,
    )
