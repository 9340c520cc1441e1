"""What the columns of each view add to the outputs of the experts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from sklearn.utils import gen_batches

from magnet_sklearn.data import MultiModalData
from magnet_sklearn.experts._attribution_links import (
    evidence_of_classes,
    log_probability_of_logits,
)
from magnet_sklearn.experts._attribution_scores import scores_of_columns
from magnet_sklearn.experts._evidence import (
    ClassEvidence,
    Evidence,
    NumberEvidence,
    SurvivalEvidence,
)
from magnet_sklearn.experts._offset import ExpertOffset
from magnet_sklearn.experts._views import View, Views

# Of experts by users: orders in which columns are changed, each also backwards, and
# rows that are predicted at once.
_N_ORDERS = 4
_MOST_ROWS = 20_000


def expert_attribution(
    offset: ExpertOffset,
    X: MultiModalData,
    references: Mapping[str, np.ndarray],
    weights: np.ndarray,
) -> np.ndarray:
    """Split the outputs of the experts by the columns of their views.

    Parameters
    ----------
    offset : ExpertOffset
        Fitted.
    X : MultiModalData of shape (n_patients, n_modalities)
        Preprocessed patients.
    references : dict of str to ndarray of shape (n_columns,)
        What the columns of each modality are compared with; without one, with 0.
    weights : ndarray of shape (n_outputs, n_names)
        From outputs of the experts to those wanted.

    Returns
    -------
    values : ndarray of shape (n_patients, n_columns, n_names)
        Columns of all modalities of the experts, side by side. They sum to the
        difference that the values make to the outputs of the experts; exactly 0 in a
        missing modality and where a value is the reference.
    """
    experts = offset.experts_
    if experts is None:
        return np.zeros((len(X), 0, weights.shape[1]))
    views = list(Views(X, experts.modalities_, experts._landmarks))
    of_views = [
        references.get(name, np.zeros(view.width))
        for name, view in zip(experts.modalities_, views, strict=False)
    ]
    ends = np.cumsum([len(reference) for reference in of_views])
    columns = [slice(*ends) for ends in zip([0, *ends[:-1]], ends, strict=True)]
    # the view of all modalities side by side
    of_views.append(np.concatenate(of_views))
    columns.append(slice(None))
    values = np.zeros((len(X), ends[-1], weights.shape[1]))
    counts = weights_of_evidence(offset, X)
    for (family, place), expert in experts.experts_.items():
        view = views[place]
        count = counts[experts.families_.index(family), :, place]
        used = view.seen & (count != 0)
        if used.any():
            added = evidence_of_columns(
                experts.evidence,
                expert,
                experts._features[family, place],
                view.with_table(view.table[used[view.seen]]),
                of_views[place],
                experts._references[place],
            )
            # one output of an expert may stand for all, such as all intervals of time
            shared = added.shape[2] < len(weights)
            named = added @ (weights.sum(axis=0, keepdims=True) if shared else weights)
            values[used, columns[place]] += count[used, None, None] * named
    return values


def weights_of_evidence(offset: ExpertOffset, X: MultiModalData) -> np.ndarray:
    """Weight of the evidence of each family on each view in the outputs of patients.

    Of shape (n_families, n_patients, n_views): outputs are linear in the evidence.
    """
    experts: Any = offset.experts_
    combination = offset.combination_
    available = experts.available_
    seen = np.column_stack([view.seen for view in Views(X, experts.modalities_)])
    shape = (*available.shape, offset.loss.n_outputs)

    def parts(family):
        values = np.zeros((shape[0], len(X), *shape[1:]))
        if family is not None:
            values[family] = 1.0
        evidence = Evidence(
            values,
            seen & available.any(axis=0),
            has_joint=len(experts.modalities_) > 1,
            available=available,
        )
        return combination.contributions(evidence)[:, : shape[1], 0]

    without = parts(None)
    return np.stack([parts(family) - without for family in range(shape[0])])


def evidence_of_columns(
    kind: Any,
    expert: Any,
    features: Any,
    view: View,
    start: np.ndarray,
    reference: Any,
) -> np.ndarray:
    """Split the evidence of one expert by the columns of its view.

    Parameters
    ----------
    kind : EvidenceKind
        How predictions are read.
    expert : estimator
        Fitted.
    features : Features
        What it sees of the view.
    view : View
        Of patients who have it.
    start : ndarray of shape (n_columns,)
        What columns are compared with.
    reference : float or ndarray of shape (n_outputs,)
        Prediction for a patient of whom nothing is known.

    Returns
    -------
    values : ndarray of shape (n_patients, n_columns, n_outputs)
        They sum to the difference of the evidence.
    """
    if type(kind) in (ClassEvidence, NumberEvidence, SurvivalEvidence):
        scores = scores_of_columns(expert, features, view, start)
        if scores is not None and kind.kind != "classes":
            return scores.values
        if scores is not None:
            values = np.zeros((*view.table.shape, len(reference)))
            values[:, :, expert.classes_] = _evidence_of_scores(scores)
            return values

    def evidence(table):
        features_of_rows = features.transform(view.with_table(table))
        return kind.evidence(expert, features_of_rows, reference)

    return _by_orders(evidence, view.table, start)


def _evidence_of_scores(scores):
    """Return what columns add to the evidence of the classes of an expert."""
    if scores.is_probability:
        return evidence_of_classes(
            scores.values, scores.start, scores.end, is_log=False
        )
    logs = log_probability_of_logits(scores.values, scores.start, scores.end)
    return evidence_of_classes(*logs, is_log=True)


def _by_orders(evidence, table, start):
    """Change columns from the reference one by one, in several orders.

    Unbiased for Shapley values (J. Castro, D. Gomez and J. Tejada, "Polynomial
    calculation of the Shapley value based on sampling", Computers & Operations
    Research 36, 2009), and the sum is exact.
    """
    n_columns = table.shape[1]
    rng = np.random.default_rng(0)
    orders = [rng.permutation(n_columns) for _ in range(_N_ORDERS)]
    orders = [*orders, *(order[::-1] for order in orders)]
    batches = []
    for rows in gen_batches(len(table), max(1, _MOST_ROWS // (n_columns + 1))):
        changed: Any = 0.0
        for order in orders:
            # in step s the first s columns of the order are the patient's
            place = np.argsort(order)
            taken = np.arange(n_columns + 1)[:, None] > place
            steps = np.where(taken[:, None], table[rows], start)
            found = evidence(steps.reshape(-1, n_columns))
            found = found.reshape(n_columns + 1, -1, found.shape[-1])
            changed = changed + np.diff(found, axis=0)[place]
        # rounding depends on the place of a row among others
        changed = np.where((table[rows] != start).T[:, :, None], changed, 0.0)
        batches.append(np.swapaxes(changed, 0, 1) / len(orders))
    return np.concatenate(batches)
