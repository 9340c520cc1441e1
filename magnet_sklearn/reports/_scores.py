"""Scores of each outcome by group, with bootstrap intervals."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
from scipy.stats import rankdata

from magnet_sklearn.metrics import concordance
from magnet_sklearn.reports._groups import Group
from magnet_sklearn.reports._outcomes import as_survival

Score = Callable[[np.ndarray, np.ndarray], float]


class Resampling(NamedTuple):
    """How intervals of scores are computed.

    Parameters
    ----------
    n_resamples : int
        Bootstrap samples of each group.
    confidence : float
        Level of the percentile intervals.
    min_patients : int
        Smaller groups are counted, not scored.
    """

    n_resamples: int
    confidence: float
    min_patients: int


def auroc(truth: np.ndarray, probability: np.ndarray) -> float:
    """Area under the ROC curve, of several classes the mean of each against the rest.

    Classes that nobody or everybody has are left out.
    """
    columns = [1] if probability.shape[1] == 2 else range(probability.shape[1])
    areas = []
    for column in columns:
        has = truth == column
        n_with, n_without = has.sum(), (~has).sum()
        if n_with and n_without:
            ranks = rankdata(probability[:, column])[has].sum()
            areas.append((ranks - n_with * (n_with + 1) / 2) / (n_with * n_without))
    return float(np.mean(areas)) if areas else np.nan


def log_loss(truth: np.ndarray, probability: np.ndarray) -> float:
    """Mean of minus the logarithm of the probability of the true class."""
    own = probability[np.arange(len(truth)), truth.astype(int)]
    return float(-np.log(np.maximum(own, np.finfo(float).tiny)).mean())


def brier(truth: np.ndarray, probability: np.ndarray) -> float:
    """Mean squared error of the probabilities; of two classes that of one of them."""
    errors = (probability - np.eye(probability.shape[1])[truth.astype(int)]) ** 2
    return float(errors.sum(axis=1).mean() / (2 if probability.shape[1] == 2 else 1))


def mean_absolute_error(truth: np.ndarray, predicted: np.ndarray) -> float:
    """Mean size of the errors, in units of y."""
    return float(np.abs(truth - predicted).mean())


def r2(truth: np.ndarray, predicted: np.ndarray) -> float:
    """Share of the variance that is explained."""
    if not np.ptp(truth):
        return np.nan
    return float(1 - np.mean((truth - predicted) ** 2) / truth.var())


def harrell(truth: np.ndarray, risk: np.ndarray) -> float:
    """Concordance index; NaN where no two patients can be compared."""
    try:
        return concordance(as_survival(truth), risk, np.ones(len(risk)), np.inf)
    except ValueError:
        return np.nan


SCORES: Mapping[str, Mapping[str, Score]] = {
    "classification": {"AUROC": auroc, "log loss": log_loss, "Brier score": brier},
    "number": {"mean absolute error": mean_absolute_error, "R2": r2},
    "survival": {"concordance index": harrell},
}


def score_rows(
    kind: str,
    truth: np.ndarray,
    predicted: np.ndarray,
    groups: list[Group],
    resampling: Resampling,
    random_state: int,
) -> list[dict[str, Any]]:
    """Score groups of patients, with intervals from resampled patients.

    Parameters
    ----------
    kind : str
        Kind of the outcome.
    truth : ndarray of shape (n_patients,) or (n_patients, 3)
        NaN = not known.
    predicted : ndarray with n_patients rows
        What the scores of this kind take.
    groups : list of Group
        Of these patients.
    resampling : Resampling
        How intervals are computed.
    random_state : int
        Seed of the samples.
    """
    rng = np.random.default_rng(random_state)
    known = ~np.isnan(truth.reshape(len(truth), -1)).any(axis=1)
    rows = []
    for group in groups:
        chosen = group.rows[known[group.rows]]
        head = {"group": group.kind, "level": group.level, "n_patients": len(chosen)}
        values: dict[str, list[Any]] = {}
        if len(chosen) >= max(resampling.min_patients, 1):
            samples = [
                chosen,
                *rng.choice(chosen, (resampling.n_resamples, len(chosen))),
            ]
            values = {
                name: [score(truth[rows], predicted[rows]) for rows in samples]
                for name, score in SCORES[kind].items()
            }
        rows.append(head | {"scores": _intervals(kind, values, resampling.confidence)})
    return rows


def _intervals(kind, values, confidence):
    """Return each score with a percentile interval."""
    levels = [(1 - confidence) / 2, (1 + confidence) / 2]
    found = []
    for name in SCORES[kind]:
        value, *sampled = values.get(name, [np.nan])
        sampled = np.array(sampled)[~np.isnan(sampled)]
        lower, upper = np.quantile(sampled, levels) if len(sampled) else [np.nan] * 2
        found.append({"name": name, "value": value, "lower": lower, "upper": upper})
    return found
