"""What to measure next, for a report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from magnet_sklearn._estimators import BaseMagnet
from magnet_sklearn.data import MultiModalData
from magnet_sklearn.explain import next_modality
from magnet_sklearn.reports._outcomes import Outcome

_UNITS = {
    "classification": "nats of information",
    "number": "squared units of y",
    "survival": "squared log-hazard",
}


def what_to_measure(
    est: BaseMagnet,
    X: MultiModalData,
    outcomes: Sequence[Outcome],
    references: MultiModalData | None,
    costs: Mapping[str, float] | None,
) -> list[dict[str, Any]]:
    """Return the missing modalities, for each outcome the largest gain first."""
    if references is None:
        raise ValueError(
            "next_modality needs patients who had the missing modalities measured. "
            "Pass references, such as the training patients."
        )
    frame = next_modality(est, X, references=references, cost=costs)
    shape = len(outcomes), len(X.keys())  # outcomes and tasks have the same order
    if costs is None:
        gain, per_cost = frame.to_numpy().reshape(shape), np.full(shape, np.nan)
    else:
        gain, per_cost = (
            frame[name].to_numpy().reshape(shape) for name in ("gain", "gain_per_cost")
        )
    rank = gain if costs is None else per_cost
    names = [*X]
    return [
        {
            "outcome": outcome.name,
            "modality": names[place],
            "gain": gain[row, place],
            "unit": _UNITS[outcome.kind],
            "gain_per_cost": per_cost[row, place],
        }
        for row, outcome in enumerate(outcomes)
        for place in np.argsort(-rank[row], kind="stable")
        if not np.isnan(gain[row, place])
    ]
