"""What patients of a site are told by experts that have not seen them."""

from __future__ import annotations

from hashlib import blake2b

import numpy as np
import torch

from magnet_sklearn.experts import Evidence, PooledEvidence, RidgeCox, RidgeLogisticCV
from magnet_sklearn.federated._messages import pack
from magnet_sklearn.federated._site import Site
from magnet_sklearn.federated._site_sums import Reply, Request
from magnet_sklearn.federated._site_times import places_in_time, sums_at_times


def out_of_fold_evidence(site: Site, request: Request) -> Evidence:
    """Evidence of each patient from experts without the patient's fold."""
    described = {name: request[name] for name in ("of_folds", "available")}
    key = blake2b(pack(described)).digest()
    if site.evidence_cache is None or site.evidence_cache[0] != key:
        site.evidence_cache = key, _evidence(site, **described)
    return site.evidence_cache[1]


def _evidence(site, of_folds, available):
    n_outputs = site.target.loss.n_outputs
    shape = (max(len(site.families), 1), len(site.encoded), available.shape[1])
    values = np.zeros((*shape, n_outputs))
    for name, experts in of_folds.items():
        place, family = name.split("/", 1)
        view = site.views[int(place)]
        rows, table = np.flatnonzero(view.seen), site.features(family, int(place))
        for described in experts:
            held = np.flatnonzero(site.fold[rows] == described["fold"])
            if not len(held):
                continue
            values[site.families.index(family), rows[held], int(place)] = (
                site.kind.evidence(
                    _expert(described), table[held], described["reference"]
                )
            )
    observed = np.zeros(shape[1:], dtype=bool)
    for place, view in enumerate(site.views if available.shape[1] else ()):
        observed[:, place] = view.seen & available[:, place].any()
    has_joint = len(site.modalities) > 1 and available.shape[1] > 0
    return Evidence(values, observed, has_joint=has_joint, available=available)


def _expert(described):
    """Make an expert of what is said of it."""
    if described["classes"] is None:
        expert = RidgeCox()
        expert.coef_, expert.intercept_ = (
            described["coef"],
            float(described["intercept"]),
        )
        return expert
    expert = RidgeLogisticCV()
    return expert._keep(described["classes"], described["coef"], described["intercept"])


def deviance(site: Site, request: Request) -> Reply:
    """Deviance of the site's patients at parameters of the combination."""
    pooled = PooledEvidence(out_of_fold_evidence(site, request), request["baseline"])
    parameters = torch.tensor(request["parameters"], requires_grad=True)
    total = site.target.loss.deviance(
        pooled.outputs(parameters),
        torch.tensor(site.encoded),
        torch.tensor(site.weight),
    )
    gradient = np.zeros(len(request["parameters"]))
    if total.requires_grad:
        gradient = torch.autograd.grad(total, parameters)[0].numpy()
    return {"deviance": float(total.detach()), "gradient": gradient}


def offsets(site: Site, request: Request) -> np.ndarray:
    """Out-of-fold outputs of the site's patients."""
    pooled = PooledEvidence(out_of_fold_evidence(site, request), request["baseline"])
    return pooled.outputs(torch.tensor(request["parameters"])).numpy()


def evidence_at_risk(site: Site, request: Request) -> Reply:
    """Sum hazards at risk, deaths and log-hazards of events, at some parameters."""
    log_hazard = offsets(site, request)
    grid = site.plan["times"]
    deaths, hazards = sums_at_times(site.times, site.weight, np.exp(log_hazard), grid)
    events = site.weight * (site.times[:, 0] > 0) @ log_hazard[:, 0]
    return {"deaths": deaths, "at_risk": hazards[0], "events": float(events)}


def compared_deviance(site: Site, request: Request) -> Reply:
    """Gradient of Cox's deviance by the parameters, at a hazard of all sites."""
    pooled = PooledEvidence(out_of_fold_evidence(site, request), request["baseline"])
    parameters = torch.tensor(request["parameters"], requires_grad=True)
    log_hazard = pooled.outputs(parameters)[:, 0]
    first, last = places_in_time(site.times, site.plan["times"])
    added = request["hazard"][last] - request["hazard"][first]
    expected = site.weight * np.exp(log_hazard.detach().numpy()) * added
    residual = torch.tensor(expected - site.weight * (site.times[:, 0] > 0))
    gradient = np.zeros(len(request["parameters"]))
    if log_hazard.requires_grad:
        total = (residual * log_hazard).sum()
        gradient = torch.autograd.grad(total, parameters)[0].numpy()
    return {"gradient": gradient}
