"""Who speaks in a fitted model, and how much."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from magnet_sklearn._estimators._model import FittedModel
from magnet_sklearn.experts import ExpertOffset

_Row = tuple[str, str, float, float]


def summary_frame(model: FittedModel) -> pd.DataFrame:
    """Tabulate what the experts, the networks and the graph weigh.

    Parameters
    ----------
    model : FittedModel
        Fitted.

    Returns
    -------
    summary : DataFrame with columns task, part, name, value, standard_error
        A row per family of experts, modality, gate and stage.
    """
    rows: list[tuple[Any, ...]] = []
    ensemble = model.ensemble
    gates = ensemble.gates_.reshape(len(ensemble.gates_), -1)
    for place, (task, offset) in enumerate(
        zip(model.target.task_names(), model.experts.offsets_, strict=True)
    ):
        rows += [(task, *row) for row in _expert_rows(offset)]
        for branch, gate in zip(ensemble.branch_names, gates[:, place], strict=True):
            rows.append((task, "gate", branch, gate, np.nan))
        gain, standard_error = ensemble.gain_[place]
        rows.append((task, "gain of networks", "nats", gain, standard_error))
        has_graph = len(gates) > 1 and gates[1, place]
        if has_graph and ensemble.gain_of_graph_ is not None:
            gain, standard_error = ensemble.gain_of_graph_[place]
            rows.append((task, "gain of graph", "nats", gain, standard_error))
    rows += [("", "seconds", name, time, np.nan) for name, time in model.seconds]
    columns = ["task", "part", "name", "value", "standard_error"]
    return pd.DataFrame(rows, columns=columns)


def summary_line(model: FittedModel) -> str:
    """Say in one line who speaks."""
    frame = summary_frame(model)
    gates = frame[frame["part"] == "gate"].groupby("name", sort=False)["value"].mean()
    families = frame[frame["part"] == "family"].groupby("name", sort=False)["value"]
    weights = ", ".join(
        f"{name} {value:.2f}" for name, value in families.mean().items()
    )
    opened = ", ".join(f"{name} {value:.2f}" for name, value in gates.items())
    seconds = sum(time for _, time in model.seconds)
    return (
        f"experts: {weights or 'none'}; gates: {opened}"
        f"{'' if gates.any() else ' (closed: predictions are the experts alone)'}; "
        f"{seconds:.1f} s"
    )


def _expert_rows(offset: ExpertOffset) -> Iterator[_Row]:
    """Weights of the families, trust in the modalities, share of the joint experts."""
    experts, combination = offset.experts_, offset.combination_
    if experts is None:
        return
    nan, n_modalities = np.nan, len(experts.modalities_)
    known, known_joint = np.split(experts.available_, [n_modalities], axis=1)
    for name, weight in _weights(experts, combination.family_weights_, known):
        yield "family", name, weight, nan
    for place, name in enumerate(experts.modalities_):
        if known[:, place].any():
            yield "trust in modality", name, float(combination.trust_[place]), nan
    yield "redundancy of modalities", "all", combination.redundancy_, nan
    if known_joint.any():
        yield "share of joint experts", "joint", combination.joint_share_, nan
        weights = combination.joint_family_weights_
        for name, weight in _weights(experts, weights, known_joint):
            yield "joint family", name, weight, nan


def _weights(experts, weights, known):
    """Families and what they weigh on the views that have experts, on average."""
    on_views = weights[:, None] * known[:, known.any(axis=0)]
    shares = on_views / on_views.sum(axis=0)
    for place in np.flatnonzero(known.any(axis=1)):
        yield experts.families_[place], float(shares[place].mean())


def contribution_frame(
    model: FittedModel, parts: np.ndarray, index: pd.Index
) -> pd.DataFrame:
    """Name contributions and give them the scale that users read.

    Parameters
    ----------
    model : FittedModel
        Fitted.
    parts : ndarray of shape (n_patients, n_parts, n_outputs)
        From `FittedModel.contributions`.
    index : Index
        Ids of the patients.
    """
    scale = model.target.output_scale()
    values = parts @ scale.weights
    names = [*model.inputs.blocks, "joint", "network", "graph"]
    if len(scale.names) == 1:
        return pd.DataFrame(values[:, :, 0], index, names)
    columns = pd.MultiIndex.from_product([names, scale.names], names=["part", "output"])
    return pd.DataFrame(values.reshape(len(values), -1), index, columns)
