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
from magnet_sklearn.experts._views import view_tables

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
    tables = view_tables(X, experts.modalities_)
    references = [
        references.get(name, np.zeros(table.shape[1]))
        for name, (table, _) in zip(experts.modalities_, tables, strict=False)
    ]
    ends = np.cumsum([len(reference) for reference in references])
    columns = [slice(*ends) for ends in zip([0, *ends[:-1]], ends, strict=True)]
    # the view of all modalities side by side
    references.append(np.concatenate(references))
    columns.append(slice(None))
    values = np.zeros((len(X), ends[-1], weights.shape[1]))
    counts = weights_of_evidence(offset, X)
    for (family, view), expert in experts.experts_.items():
        table, seen = tables[view]
        count = counts[experts.families_.index(family), :, view]
        used = seen & (count != 0)
        if used.any():
            added = evidence_of_columns(
                experts.evidence,
                expert,
                experts._features[family, view],
                table[used],
                references[view],
                experts._references[view],
            )
            # one output of an expert may stand for all, such as all intervals of time
            shared = added.shape[2] < len(weights)
            named = added @ (weights.sum(axis=0, keepdims=True) if shared else weights)
            values[used, columns[view]] += count[used, None, None] * named
    return values


def weights_of_evidence(offset: ExpertOffset, X: MultiModalData) -> np.ndarray:
    """Weight of the evidence of each family on each view in the outputs of patients.

    Of shape (n_families, n_patients, n_views): outputs are linear in the evidence.
    """
    experts, combination = offset.experts_, offset.combination_
    available = experts.available_
    seen = np.column_stack([seen for _, seen in view_tables(X, experts.modalities_)])
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
    table: np.ndarray,
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
    table : ndarray of shape (n_patients, n_columns)
        The view.
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
        scores = scores_of_columns(expert, features, table, start)
        if scores is not None and kind.kind != "classes":
            return scores.values
        if scores is not None:
            values = np.zeros((*table.shape, len(reference)))
            values[:, :, expert.classes_] = _evidence_of_scores(scores)
            return values
    return _by_orders(
        lambda rows: kind.evidence(expert, features.transform(rows), reference),
        table,
        start,
    )


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
    orders = [tuple(order) for order in orders]
    orders = [np.array(order) for order in dict.fromkeys(orders)]
    batches = []
    for rows in gen_batches(len(table), max(1, _MOST_ROWS // (n_columns + 1))):
        changed = 0.0
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
