"""Sums over the patients of a site that experts are fitted by."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import expit, log_expit

from magnet_sklearn.experts import CoxProblem, RiskSets
from magnet_sklearn.federated._site import EVERYBODY, N_FOLDS, PROBLEMS, Site

Request = dict[str, Any]
Reply = dict[str, Any]


def count(site: Site, request: Request) -> Reply:
    """Count patients and labels of a view.

    Of shape (n_folds + 1, n_labels): those learned from when a fold is left out, and
    in the last row everybody. Labels are classes, or censored patients and events.
    """
    place = request["place"]
    rows = site.rows(place)
    is_class = site.kind.kind == "classes"
    labels = site.y[rows] if is_class else site.y[rows, 2].astype(int)
    is_label = labels[:, None] == np.arange(request["n_labels"])
    weights = np.stack([site.in_training(place, fold) for fold in PROBLEMS])
    n_held_out = np.bincount(site.fold[rows], minlength=N_FOLDS + 1)[:N_FOLDS]
    return {
        "counts": (weights > 0).astype(float) @ is_label,
        "weights": weights @ is_label,
        "held_out": n_held_out.astype(float),
    }


def scatter(site: Site, request: Request) -> Reply:
    """Sum features, and products of features, over everybody who has a view."""
    family, place = request["family"], request["place"]
    table, weight = site.table(family, place), site.weight[site.rows(place)]
    scaled = table * np.sqrt(weight)[:, None]
    return {"sum": weight @ table, "products": scaled.T @ scaled}


def score(site: Site, request: Request) -> Reply:
    """Sum predictions without intercept over those learned from, a fold at a time."""
    family, place = request["family"], request["place"]
    folds = np.atleast_1d(request["folds"])
    weights = np.stack([site.in_training(place, fold) for fold in folds])
    scores = site.table(family, place) @ request["coefs"].T
    return {"sums": np.einsum("fn,nf->f", weights, scores)}


def logistic(site: Site, request: Request) -> Reply:
    """Loss of several folds, its gradient and the variance of the classes.

    Coefficients have the shape (n_folds, n_logits, n_features); with two classes there
    is one logit.
    """
    place = request["place"]
    table = site.table(request["family"], place)
    weight = np.stack([site.in_training(place, fold) for fold in request["folds"]])
    classes, rows = np.asarray(request["classes"]), site.rows(place)
    labels = np.minimum(np.searchsorted(classes, site.y[rows]), len(classes) - 1)
    first = 1 if len(classes) == 2 else 0
    is_class = np.arange(first, len(classes))[:, None] == labels
    logits = request["coef"] @ table.T + request["intercept"][:, :, None]
    losses, probability = _losses(logits, is_class)
    residual = weight[:, None] * (probability - is_class)
    variance = weight[:, None] * probability * (1 - probability)
    return {
        "loss": (weight[:, None] * losses).sum(axis=(1, 2)),
        "coef": residual @ table,
        "intercept": residual.sum(axis=2),
        "variance": variance.sum(axis=2),
    }


def _losses(logits, is_class):
    """Loss of each patient, and probabilities."""
    if logits.shape[1] == 1:
        return -log_expit(np.where(is_class, logits, -logits)), expit(logits)
    top = logits.max(axis=1, keepdims=True)
    odds = np.exp(logits - top)
    total = odds.sum(axis=1, keepdims=True)
    own = (logits * is_class).sum(axis=1, keepdims=True)
    return np.log(total) + top - own, odds / total


def held_out_logistic(site: Site, request: Request) -> Reply:
    """Sum the losses of held-out patients at several penalties.

    Sums of products of the losses tell how far penalties differ by chance.
    """
    place = request["place"]
    rows, table = site.rows(place), site.table(request["family"], place)
    y, fold, weight = site.y[rows], site.fold[rows], site.weight[rows]
    n_penalties = len(request["groups"][0]["coef"])
    losses = np.full((n_penalties, len(rows)), np.nan)
    for group in request["groups"]:
        classes = np.asarray(group["classes"])
        for number, left_out in enumerate(group["folds"]):
            held = np.flatnonzero((fold == left_out) & np.isin(y, classes))
            coef, intercept = group["coef"][:, number], group["intercept"][:, number]
            logits = coef @ table[held].T + intercept[:, :, None]
            own = np.searchsorted(classes, y[held])
            probability = _probability(logits)[:, own, np.arange(len(held))]
            losses[:, held] = -weight[held] * np.log(probability + 1e-12)
    losses = losses[:, ~np.isnan(losses[0])]
    return {
        "n": float(losses.shape[1]),
        "sums": losses.sum(axis=1),
        "products": losses @ losses.T,
    }


def _probability(logits):
    """Probability of each class, of shape (n_penalties, n_classes, n_patients)."""
    if logits.shape[1] == 1:
        positive = expit(logits)
        return np.concatenate([1 - positive, positive], axis=1)
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    return odds / odds.sum(axis=1, keepdims=True)


def _cox_problem(site, request, fold):
    """Partial likelihood of a site without a fold, on some axes."""
    place = request["place"]
    kept = np.flatnonzero(site.in_training(place, fold))
    rows = site.rows(place)[kept]
    scores = site.scores(request["family"], place, request["axes"])[kept]
    return CoxProblem(scores, RiskSets(site.y[rows], site.weight[rows])), len(rows)


def cox(site: Site, request: Request) -> Reply:
    """Log partial likelihood of the site's patients, and its derivatives.

    Each site is a stratum of its own: its patients are compared with each other only.
    """
    problem, n_patients = _cox_problem(site, request, request["fold"])
    beta = request["beta"]
    if not n_patients:
        hessian = np.zeros((len(beta), len(beta)))
        return {"loss": 0.0, "gradient": np.zeros(len(beta)), "hessian": hessian}
    gradient, hessian = problem.derivatives(beta)
    return {
        "loss": float(problem.loss(beta)),
        "gradient": gradient,
        "hessian": hessian,
    }


def held_out_cox(site: Site, request: Request) -> Reply:
    """Partial likelihood of everybody less that without a fold, at several betas."""
    reply = np.zeros(len(request["betas"]))
    everybody, n_patients = _cox_problem(site, request, EVERYBODY)
    training, n_training = _cox_problem(site, request, request["fold"])
    for number, beta in enumerate(request["betas"] if n_patients else ()):
        reply[number] = everybody.loss(beta)
        reply[number] -= training.loss(beta) if n_training else 0.0
    return {"losses": reply}
