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
        Numbers and weights of patients of each label held out in a fold; the last row
        are those who never are. Labels are classes, or censored patients and events.
    is_survival : bool
        Whether the second label are events.
    """

    def __init__(self, counts, weights, *, is_survival):
        self.counts, self.weights, self.is_survival = counts, weights, is_survival

    @classmethod
    def of_sites(cls, ask, place: int, n_labels: int, *, is_survival: bool) -> Counts:
        """Ask all sites."""
        shape = (N_FOLDS + 1, n_labels)
        like = {"counts": shape, "weights": shape}
        replies = ask("count", {"place": place, "n_labels": n_labels}, like)
        return cls(*(total(replies, name) for name in like), is_survival=is_survival)

    @property
    def n_patients(self) -> int:
        """Everybody."""
        return int(self.counts.sum())

    @property
    def fold_weights(self) -> np.ndarray:
        """Weights by fold."""
        return self.weights.sum(axis=1)

    def folds(self) -> list[int]:
        """Folds that can be left out: they have patients, and the others teach."""
        held_out = self.counts.sum(axis=1)
        return [
            fold for fold in range(N_FOLDS) if held_out[fold] and self.can_learn(fold)
        ]

    def can_learn(self, fold: int = EVERYBODY) -> bool:
        """Whether the others are enough to learn from."""
        counts = self._without(self.counts, fold)
        if self.is_survival:
            return bool(counts[1] >= _MIN_EVENTS)
        return bool(np.sum(counts >= _MIN_PATIENTS_PER_CLASS) >= 2)

    def classes_without(self, fold: int) -> tuple[int, ...]:
        """Classes of the others."""
        return tuple(np.flatnonzero(self._without(self.counts, fold)).tolist())

    def n_without(self, fold: int) -> int:
        """Count the others."""
        return int(self._without(self.counts, fold).sum())

    def weight_without(self, fold: int) -> float:
        """Weight of the others."""
        return float(self._without(self.weights, fold).sum())

    def weight_in_any(self, folds: list[int]) -> float:
        """Weight of those who are learned from when one of these is left out."""
        return self.weight_without(folds[0] if len(folds) == 1 else EVERYBODY)

    def reference(self, fold: int = EVERYBODY) -> np.ndarray | float:
        """Prediction of the others for a patient of whom nothing is known."""
        if self.is_survival:
            return 0.0
        weights = self._without(self.weights, fold)
        with np.errstate(divide="ignore"):
            return np.log(weights / weights.sum())

    @staticmethod
    def _without(values, fold):
        return values[np.arange(N_FOLDS + 1) != fold].sum(axis=0)
