"""The experts of all sites together, and how much each counts."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from magnet_sklearn.data import MultiModalData
from magnet_sklearn.experts import ModalityExperts
from magnet_sklearn.federated._conversation import Ask, Conversation
from magnet_sklearn.federated._counts import Counts
from magnet_sklearn.federated._cox import fit_cox
from magnet_sklearn.federated._logistic import fit_logistic
from magnet_sklearn.federated._site import families_of, features_of, jobs_of, tables


@dataclass
class PooledExperts:
    """Experts that have learned from the patients of all sites.

    Parameters
    ----------
    fitted : ModalityExperts
        As if it had been fitted on all patients.
    of_folds : dict of str to list of dict
        For each family and view the experts that leave out a fold: for the evidence of
        patients whom they have not seen.
    sees_joint : bool
        Whether there are experts on all modalities side by side.
    """

    fitted: ModalityExperts
    of_folds: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    sees_joint: bool = False


def fit_experts(
    conversation: Conversation,
    nobody: MultiModalData,
    unfitted: ModalityExperts,
    n_outputs: int,
) -> PooledExperts:
    """Fit all experts at once, each on the patients of all sites who have its view.

    Parameters
    ----------
    conversation : Conversation
        The sites.
    nobody : MultiModalData of shape (0, n_modalities)
        Preprocessed blocks of no patients.
    unfitted : ModalityExperts
        Fitted here.
    n_outputs : int
        Of the model.
    """
    kind = unfitted.evidence
    families, chosen = families_of(unfitted.estimator, kind, nobody)
    n_labels = 2 if kind.kind == "survival" else n_outputs
    views, jobs = tables(nobody), list(jobs_of(chosen))
    fitting = [
        partial(
            _fit, chosen[place][name], (name, place), views[place], n_labels, unfitted
        )
        for name, place in jobs
    ]
    found = conversation.ask_together(fitting)
    unfitted.n_outputs_ = n_outputs
    unfitted.modalities_ = [name for name in nobody if nobody[name].ndim == 2]
    unfitted.families_ = families
    unfitted.experts_, unfitted._features, unfitted._references = {}, {}, {}
    unfitted._landmarks = None
    pooled = PooledExperts(unfitted)
    for key, result in zip(jobs, found, strict=True):
        if result is None:
            continue
        expert, features, reference, of_folds = result
        unfitted.experts_[key], unfitted._features[key] = expert, features
        unfitted._references[key[1]] = reference
        pooled.of_folds[name_of(*key)] = of_folds
        pooled.sees_joint |= len(chosen) > 1 and key[1] == len(chosen) - 1
    return pooled


def name_of(family: str, place: int) -> str:
    """Name an expert in messages."""
    return f"{place}/{family}"


def _fit(family, key, view, n_labels, unfitted, ask: Ask):
    """Fit one expert and those without each fold; None where too few can teach it."""
    kind, seed = unfitted.evidence, unfitted.random_state
    is_survival = kind.kind == "survival"
    counts = Counts.of_sites(ask, key[1], n_labels, is_survival=is_survival)
    folds = counts.folds()
    if not counts.can_learn() or not folds:
        return None
    features = features_of(family, view, seed)
    width = features.transform(view).shape[1]
    expert = family.expert(kind.kind, seed)
    fit = fit_cox if is_survival else fit_logistic
    fitted, of_folds = fit(ask, expert, key, width, counts, folds)
    _keep(expert, fitted)
    described = [
        {
            "fold": fold,
            "classes": None if classes is None else np.asarray(classes),
            "coef": coef,
            "intercept": np.asarray(intercept),
            "reference": np.asarray(counts.reference(fold)),
        }
        for fold, (classes, coef, intercept) in zip(folds, of_folds, strict=True)
    ]
    return expert, features, counts.reference(), described


def _keep(expert, fitted):
    """Set what an expert has learned."""
    classes, expert.coef_, expert.intercept_ = fitted
    if classes is not None:
        expert.classes_ = np.asarray(classes)
