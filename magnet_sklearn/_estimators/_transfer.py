"""What a model of one cohort gives to that of another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import torch
from sklearn.utils.validation import check_is_fitted
from torch import Tensor

from magnet_sklearn._estimators._inputs import InputPipeline
from magnet_sklearn._estimators._model import FittedModel
from magnet_sklearn._estimators._parameters import SharedParameters
from magnet_sklearn._estimators._wide_blocks import (
    BlockComponents,
    WideBlockProjection,
)
from magnet_sklearn._training import ClosedEnsemble, Transfer, Transferred
from magnet_sklearn.nn import MovesColumns
from magnet_sklearn.preprocessing import SideBySidePreprocessor

# What is never taken over.
_OWN = ("preprocessing", "experts", "patient graph", "heads")
# Part, modality, whether it was taken over, and why not or how far.
Row = tuple[str, str, bool, str]


@dataclass(frozen=True)
class NetworkColumns:
    """What networks see of a modality.

    Parameters
    ----------
    names : ndarray of str or None
        Preprocessed columns; None for a block of more than two dimensions.
    components : BlockComponents or None
        What is seen in place of the columns of a wide block.
    """

    names: np.ndarray | None
    components: BlockComponents | None = None

    def to_columns(self, values: Tensor) -> Tensor:
        """Return numbers per column, from those per value that a network sees."""
        return values if self.components is None else values @ _axes(self.components)

    def from_columns(self, values: Tensor) -> Tensor:
        """Return the reverse; of components as far as they span the columns."""
        if self.components is None:
            return values
        axes = _axes(self.components)
        return values @ (axes.T * self.components.scale**2)


def _axes(components: BlockComponents) -> Tensor:
    """Return what a unit of each column adds to each component."""
    axes = np.ldexp(components.axes.T.astype(np.float64), -components.bits)
    return torch.from_numpy(axes / components.scale)


def network_columns(steps: Sequence[Any]) -> dict[str, NetworkColumns]:
    """Return what networks see of each modality after some steps of preprocessing."""
    *before, last = steps
    if isinstance(last, SideBySidePreprocessor):
        parts = [network_columns(own) for _, own in last.pipelines]
        return {name: seen for part in parts for name, seen in part.items()}
    if isinstance(last, WideBlockProjection):
        return {
            name: NetworkColumns(seen.names, last.blocks.get(name))
            for name, seen in network_columns(before).items()
        }
    return {n: NetworkColumns(names) for n, names in last.feature_names_out_.items()}


def plan_transfer(
    source: FittedModel, inputs: InputPipeline
) -> tuple[Transfer, list[Row]]:
    """Match modalities and columns of two cohorts.

    Parameters
    ----------
    source : FittedModel
        Of the other cohort.
    inputs : InputPipeline
        Of the networks of this cohort; fitted.

    Returns
    -------
    transfer : Transfer
        What can be taken over.
    rows : list of (part, modality, taken, reason)
        An encoder each.
    """
    there, here = source.network_inputs, inputs
    known, seen = network_columns(there.steps), network_columns(here.steps)
    moves: dict[str, MovesColumns] = {}
    complete = set()
    rows: list[Row] = []
    for name in [*seen, *(name for name in known if name not in seen)]:
        if name not in known:
            reason = "the source model has not seen this modality"
        elif name not in seen:
            reason = "these patients do not have this modality"
        else:
            places, reason = _matched(name, there, here, known[name], seen[name])
            if places is not None:
                moves[name] = _move(known[name], seen[name], places)
                complete |= set() if (places < 0).any() else {name}
        rows.append(("encoder", name, name in moves, reason))
    networks = [net.module_ for net in source.networks.nets_]
    return Transfer(networks, moves, frozenset(complete)), rows


def _matched(name, there, here, known, seen):
    """Place among the source's columns of each one here (-1: none), and how many."""
    if (known.names is None) != (seen.names is None):
        return None, "a table in one cohort, an array of more dimensions in the other"
    if known.names is None:
        return np.zeros(0, int), "all values"
    if not (_named(name, there) and _named(name, here)) and not _alike(
        name, there, here
    ):
        return None, "columns without names, of which there are not as many"
    graphs = there.feature_graph_, here.feature_graph_
    together = [graph for graph in graphs if graph and name in graph.modalities_]
    if together and not _same_nodes(*graphs):
        return None, "the feature graphs have different nodes"
    places = pd.Index(known.names).get_indexer(pd.Index(seen.names))
    n_shared = int((places >= 0).sum())
    if not n_shared:
        return None, "no column in common"
    new, gone = len(places) - n_shared, len(known.names) - n_shared
    return places, f"{n_shared} columns in common, {new} new, {gone} left out"


def _named(name, inputs):
    """Whether the columns of a modality have names."""
    return name not in inputs.blocks or inputs.blocks[name].columns is not None


def _alike(name, there, here):
    """Whether both have no names for as many columns."""
    return not (_named(name, there) or _named(name, here)) and (
        there.blocks[name].shape == here.blocks[name].shape
    )


def _same_nodes(there, here):
    """Whether two feature graphs have the same features in the same order."""
    return bool(there and here) and there.nodes_.equals(here.nodes_)


def _move(known, seen, places):
    """From numbers per value seen there to those per value seen here."""
    is_shared = places >= 0

    def move(values: Tensor) -> Tensor:
        if known.names is None:
            return values
        there = known.to_columns(values.double())
        here = there.new_zeros(len(values), len(places))
        here[:, is_shared] = there[:, places[is_shared]]
        return seen.from_columns(here)

    return move


def report(rows: Sequence[Row], found: Transferred) -> tuple[Row, ...]:
    """Say what was taken over in the end.

    Parameters
    ----------
    rows : list of (part, modality, taken, reason)
        From `plan_transfer`.
    found : Transferred
        What training made of it.
    """
    rows = [*rows, ("fusion", "", bool(found.parts), "")]
    return (
        *(_outcome(*row, found) for row in rows),
        *((part, "", False, "fitted to these patients") for part in _OWN),
    )


def _outcome(part, name, planned, reason, found):
    """Row of the report after training."""
    if planned and (name or part) not in found.parts:
        return part, name, False, "another kind or size"
    if planned and not found.helps:
        said = f"{found.gain:+.2f} nats for held-out patients; needs {found.needed:.2f}"
        return part, name, False, said
    if planned and name:
        reason += "; kept as it is" if name in found.frozen else "; trained on"
    return part, name, planned, reason


def transfer_frame(model: FittedModel) -> pd.DataFrame | None:
    """Tabulate what was taken over; None without a model to take from."""
    if not model.transferred:
        return None
    names = ["part", "modality", "taken", "reason"]
    return pd.DataFrame(list(model.transferred), columns=names)


def transfer_lines(model: FittedModel) -> list[str]:
    """Say in a line what was taken over; none without a model to take from."""
    if not model.transferred:
        return []
    taken = [name or part for part, name, is_taken, _ in model.transferred if is_taken]
    return [f"taken over from init_from: {', '.join(taken) or 'nothing'}"]


def source_model(estimator: SharedParameters, init_from: Any) -> FittedModel:
    """Return the model to take from, or say why that cannot be."""
    if not isinstance(init_from, SharedParameters):
        raise TypeError(
            "init_from must be a fitted estimator of magnet_sklearn, got a "
            f"{type(init_from).__name__}."
        )
    check_is_fitted(init_from)
    source: FittedModel = vars(init_from)["_model"]
    goes_on = estimator.warm_start and hasattr(estimator, "_model")
    if goes_on or hasattr(estimator, "_pretrained"):
        raise ValueError(
            "Networks cannot start from init_from and from "
            f"{'warm_start=True' if goes_on else 'pretrain'}. Fit a clone of the "
            "estimator, or leave init_from out."
        )
    if isinstance(source.ensemble, ClosedEnsemble):
        raise ValueError(
            "init_from has no networks: compact() has given them up. Pass the "
            "estimator that compact() was called on."
        )
    if estimator.hidden_dim != init_from.hidden_dim:
        raise ValueError(
            f"hidden_dim is {estimator.hidden_dim}, but the networks of init_from have "
            f"{init_from.hidden_dim}. Set hidden_dim={init_from.hidden_dim} to start "
            "from them."
        )
    return source
