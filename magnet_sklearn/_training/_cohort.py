"""Preprocessed patients with a target."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from magnet_sklearn.data import MultiModalData


@dataclass(frozen=True)
class Cohort:
    """Preprocessed patients with a target.

    Parameters
    ----------
    X : MultiModalData of shape (n_patients, n_modalities)
        Preprocessed blocks.
    offset : ndarray of shape (n_patients, n_outputs)
        Outputs that the networks add to.
    target : ndarray of shape (n_patients, n_columns)
        What the task's loss takes.
    weight : ndarray of shape (n_patients,)
        Weights of the patients.
    groups : ndarray of shape (n_patients,), default=None
        Patients of one group are never references of each other.
    """

    X: MultiModalData
    offset: np.ndarray
    target: np.ndarray
    weight: np.ndarray
    groups: np.ndarray | None = None

    def __getitem__(self, rows) -> Cohort:
        groups = None if self.groups is None else self.groups[rows]
        return Cohort(
            self.X[rows],
            self.offset[rows],
            self.target[rows],
            self.weight[rows],
            groups,
        )

    def __len__(self) -> int:
        return len(self.target)
