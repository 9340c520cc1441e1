"""Counts of the patients of all sites who have a view, by fold and label."""

from __future__ import annotations

import numpy as np

from magnet_sklearn.federated._conversation import total
from magnet_sklearn.federated._site import EVERYBODY, N_FOLDS

_MIN_PATIENTS_PER_CLASS = 2
_MIN_EVENTS = 3


class Counts:
    """Patients with a view, who are left out fold by fold.

    Parameters
    ----------
    counts, weights : ndarray of shape (n_folds + 1, n_labels)
        Numbers and weights of patients of each label who are learned from when a fold
        is left out; the last row is everybody. Labels are classes, or censored patients
        and events.
    held_out : ndarray of shape (n_folds,)
        Patients of each fold.
    is_survival : bool
        Whether the second label are events.
    """

    def __init__(self, counts, weights, held_out, *, is_survival):
        self.counts, self.weights = counts, weights
        self.held_out, self.is_survival = held_out, is_survival

    @classmethod
    def of_sites(cls, ask, place: int, n_labels: int, *, is_survival: bool) -> Counts:
        """Ask all sites."""
        shape = (N_FOLDS + 1, n_labels)
        like = {"counts": shape, "weights": shape, "held_out": (N_FOLDS,)}
        replies = ask("count", {"place": place, "n_labels": n_labels}, like)
        return cls(*(total(replies, name) for name in like), is_survival=is_survival)

    def folds(self) -> list[int]:
        """Folds that can be left out: they have patients, and the others teach."""
        return [f for f in range(N_FOLDS) if self.held_out[f] and self.can_learn(f)]

    def can_learn(self, fold: int = EVERYBODY) -> bool:
        """Whether the others are enough to learn from."""
        counts = self.counts[fold]
        if self.is_survival:
            return bool(counts[1] >= _MIN_EVENTS)
        return bool(np.sum(counts >= _MIN_PATIENTS_PER_CLASS) >= 2)

    def classes(self, fold: int) -> tuple[int, ...]:
        """Classes of the others."""
        return tuple(np.flatnonzero(self.counts[fold]).tolist())

    def n_patients(self, fold: int = EVERYBODY) -> int:
        """Count the others."""
        return int(self.counts[fold].sum())

    def weight(self, fold: int = EVERYBODY) -> float:
        """Weight of the others."""
        return float(self.weights[fold].sum())

    def weight_in_any(self, folds: list[int]) -> float:
        """Weight of those who are learned from when one of these is left out."""
        return self.weight(folds[0] if len(folds) == 1 else EVERYBODY)

    def reference(self, fold: int = EVERYBODY) -> np.ndarray | float:
        """Prediction of the others for a patient of whom nothing is known."""
        if self.is_survival:
            return 0.0
        weights = self.weights[fold]
        with np.errstate(divide="ignore"):
            return np.log(weights / weights.sum())
