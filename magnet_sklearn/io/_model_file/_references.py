"""What a model can do without of the patients it learned from."""

from __future__ import annotations

import warnings
from copy import copy
from dataclasses import replace
from typing import Any

import numpy as np

from magnet_sklearn._estimators import BaseMagnet
from magnet_sklearn._training import NetworkEnsemble

REFERENCES = ("all", "embeddings", "none")


def with_references(estimator: BaseMagnet, references: str) -> BaseMagnet:
    """Return an estimator that keeps no more of its training patients.

    Parameters
    ----------
    estimator : estimator
        Fitted; stays as it is.
    references : {"all", "embeddings", "none"}
        As in `save_model`.
    """
    if references == "all":
        return estimator
    reduced: Any = estimator.compact()
    model = reduced._model
    reduced._model = replace(
        model,
        experts=_without_training(model.experts),
        ensemble=_with_graph(model.ensemble, references == "embeddings"),
    )
    return reduced


def _without_training(experts):
    """Leave out what was said about training patients; predictions need none of it."""
    experts = copy(experts)
    experts.offsets_ = [_offset(offset) for offset in experts.offsets_]
    return experts


def _offset(offset):
    offset = copy(offset)
    nobody = np.zeros((0, offset.loss.n_outputs))
    offset.training_outputs_ = offset.held_out_outputs_ = nobody
    offset.combination_ = copy(offset.combination_)
    offset.combination_.held_out_outputs_ = nobody
    if offset.experts_ is not None:
        offset.experts_ = copy(offset.experts_)
        known = offset.experts_.training_evidence_
        offset.experts_.training_evidence_ = replace(
            known, values=known.values[:, :0], observed=known.observed[:0]
        )
        offset.experts_.experts_ = {
            key: _expert(expert) for key, expert in offset.experts_.experts_.items()
        }
    return offset


def _expert(expert):
    if hasattr(expert, "_out_of_bag"):
        expert = copy(expert)
        expert._out_of_bag = tuple(part[:0] for part in expert._out_of_bag)
    return expert


def _with_graph(ensemble, keeps_graph):
    """Keep what finds references of the graph, or no references."""
    if not isinstance(ensemble, NetworkEnsemble):
        return ensemble
    ensemble = copy(ensemble)
    ensemble.held_out_ = np.full_like(ensemble.held_out_, np.nan)
    if ensemble.graph_ is None:
        return ensemble
    if keeps_graph:
        ensemble.graph_ = copy(ensemble.graph_)
        among = ensemble.graph_.training_graph_
        ensemble.graph_.training_graph_ = replace(
            among, neighbors=among.neighbors[:0], similarity=among.similarity[:0]
        )
        return ensemble
    ensemble.graph_, ensemble.reference_states_ = None, []
    if len(ensemble.gates_) > 1:
        ensemble.gates_ = ensemble.gates_.copy()
        ensemble.gates_[1:] = 0.0
    warnings.warn(
        "The gate of the patient graph is open, so that predictions of the saved model "
        "differ from those of this one: without references no patient has neighbours. "
        "Pass references='embeddings' to keep them, or fit with graph=None.",
        UserWarning,
        stacklevel=4,
    )
    return ensemble
