"""Networks at one site: rounds of training, and what held-out patients say of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import torch

from magnet_sklearn._estimators import StartState, ensemble_config
from magnet_sklearn._training import (
    Cohort,
    EnsembleConfig,
    gate_objective,
    held_out_branches,
    member_splits,
    ready_member,
    train_round,
)
from magnet_sklearn.data import MultiModalData
from magnet_sklearn.federated._site import Site
from magnet_sklearn.federated._site_evidence import offsets
from magnet_sklearn.federated._site_sums import Reply, Request
from magnet_sklearn.federated._site_times import sums_at_times


def network_config(
    estimator: Any, inputs: Any, X: MultiModalData, loss: Any, *, validates: bool = True
) -> EnsembleConfig:
    """Return what the networks of all sites share."""
    device = torch.device("cpu")
    start = StartState(inputs)
    return ensemble_config(estimator, start, X, loss, device, validates=validates)


class _Members:
    """Whom each member learns from at a site, and whom it holds out."""

    def __init__(self, site: Site, request: Request) -> None:
        self.site = site
        has_data = np.flatnonzero(site.X.mask.any(axis=1))
        self.rows = has_data
        outputs = offsets(site, request)
        cohort = Cohort(site.X, outputs, site.encoded, site.weight)
        self.cohort = cohort[has_data]
        estimator = site.estimator
        self.splits: list = [(np.arange(len(has_data)), None)] * estimator.ensemble_size
        if estimator.early_stopping and len(has_data):
            self.splits = member_splits(
                site.target.loss.fold_labels(self.cohort.target),
                None,
                estimator.ensemble_size,
                estimator.validation_fraction,
                site.plan["seeds"][1],
            )
        self.config = network_config(
            estimator,
            site.inputs,
            site.X,
            site.target.loss,
            validates=self.splits[0][1] is not None,
        )

    def held_out(self, member: int) -> Cohort | None:
        """Patients that a member does not learn from."""
        rows = self.splits[member][1]
        return None if rows is None else self.cohort[rows]

    def training(self, member: int) -> Cohort:
        """Patients that a member learns from."""
        return self.cohort[self.splits[member][0]]

    def branches(self, weights: dict) -> list[tuple[Cohort, np.ndarray]]:
        """Held-out patients of each member and what its network says of them."""
        found = []
        seeds = self.site.plan["seeds"][2:]
        for member, own in enumerate(weights.values()):
            held_out = self.held_out(member)
            if held_out is not None and len(held_out):
                net = ready_member(self.config, seeds[member], own)
                found.append((held_out, held_out_branches(net, held_out)))
            else:
                nobody = self.cohort[:0]
                n_outputs = self.config.loss.n_outputs
                found.append((nobody, np.zeros((0, 1, n_outputs))))
        return found


def train(site: Site, request: Request) -> Reply:
    """Train the members for some epochs, from the weights of the last round."""
    members = _Members(site, request)
    optimisation = replace(members.config.optimisation, max_epochs=request["epochs"])
    config = replace(members.config, optimisation=optimisation)
    seeds = site.plan["seeds"][2:]
    reply: Reply = {"weights": {}, "n_patients": {}, "n_observed": {}}
    for number, (name, weights) in enumerate(request["weights"].items()):
        training, held_out = members.training(number), members.held_out(number)
        if _can_train(site, training):
            seed = seeds[number] + request["round"] - 1
            trained = train_round(
                config, weights, training, held_out, seed, request["proximal_mu"]
            )
        else:
            training, trained = training[:0], weights
        # they were trained in single precision
        reply["weights"][name] = {n: _single(w) for n, w in trained.items()}
        reply["n_patients"][name] = len(training)
        reply["n_observed"][name] = training.X.mask.sum(axis=0).astype(float)
    reply |= _loss_before(members, request["weights"])
    return reply


def _can_train(site, cohort):
    """Whether there are patients, and events, to learn from."""
    enough = len(cohort) >= site.plan["min_patients"]
    return enough and (site.kind.kind == "classes" or cohort.target[:, 2].any())


def _single(values):
    return values.astype(np.float32) if values.dtype == np.float64 else values


def _loss_before(members, weights):
    """Held-out deviance of the weights that came, all members together."""
    total = 0.0
    for held_out, branches in members.branches(weights):
        if len(held_out):
            total += gate_objective(members.config, [held_out], [branches], np.ones(1))[
                0
            ]
    return {"loss": float(total)}


def evaluate(site: Site, request: Request) -> Reply:
    """Deviance of held-out patients at the weights that came."""
    return _loss_before(_Members(site, request), request["weights"])


def gates(site: Site, request: Request) -> Reply:
    """Deviance of each member's held-out patients at a gate, and its gradient."""
    members = _Members(site, request)
    deviance, gradient, n_held_out = [], np.zeros(1), 0
    slope: np.ndarray | float
    for held_out, branches in members.branches(request["weights"]):
        value, slope = 0.0, 0.0
        if len(held_out):
            value, slope = gate_objective(
                members.config, [held_out], [branches], request["gates"]
            )
        deviance.append(value)
        gradient = gradient + slope
        n_held_out += len(held_out)
    return {
        "deviance": np.array(deviance),
        "gradient": gradient,
        "n_held_out": float(n_held_out),
    }


def hazard(site: Site, request: Request) -> Reply:
    """Events, and hazards at risk, of a site's patients at the times of a grid.

    Times of events are rounded up to the grid, those of censoring down.
    """
    members = _Members(site, request)
    outputs, rows = offsets(site, request), np.arange(len(site.encoded))
    if request["gates"].any():
        added = np.full_like(outputs[members.rows], np.nan)
        branches = members.branches(request["weights"])
        for (_, held), (_, own) in zip(members.splits, branches, strict=True):
            if held is not None:
                added[held] = np.einsum("nbc,b->nc", own, request["gates"])
        rows = members.rows[~np.isnan(added[:, 0])]
        outputs[members.rows] += added
    times, theta = site.times[rows], np.exp(outputs[rows])
    deaths, at_risk = sums_at_times(times, np.ones(len(rows)), theta, request["grid"])
    return {"deaths": deaths, "at_risk": at_risk[0]}
