"""Preprocessed patients with a target."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from magnet_sklearn.data import MultiModalData, stacked
from magnet_sklearn.graph import PatientGraphBuilder


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
    unlabelled : MultiModalData of shape (n_unlabelled, n_modalities), default=None
        Further patients, without a target: references of the patient graph. They are
        those of every part of the cohort.
    unlabelled_groups : ndarray of shape (n_unlabelled,), default=None
        Their groups.
    """

    X: MultiModalData
    offset: np.ndarray
    target: np.ndarray
    weight: np.ndarray
    groups: np.ndarray | None = None
    unlabelled: MultiModalData | None = None
    unlabelled_groups: np.ndarray | None = None

    def __getitem__(self, rows) -> Cohort:
        groups = None if self.groups is None else self.groups[rows]
        return Cohort(
            self.X[rows],
            self.offset[rows],
            self.target[rows],
            self.weight[rows],
            groups,
            self.unlabelled,
            self.unlabelled_groups,
        )

    @property
    def everybody(self) -> MultiModalData:
        """The patients, and behind them those without a target."""
        return self.X if self.unlabelled is None else stacked(self.X, self.unlabelled)

    def link(
        self, graph: PatientGraphBuilder, *, has_classes: bool = False
    ) -> PatientGraphBuilder:
        """Fit a patient graph on everybody.

        Classes are for its figures only, which lack them where somebody has none.
        """
        groups, classes = self.groups, None
        if groups is not None and self.unlabelled_groups is not None:
            groups = np.concatenate([groups, self.unlabelled_groups])
        if has_classes and self.unlabelled is None:
            classes = self.target[:, 0].astype(int)
        return graph.fit(self.everybody, classes, groups)

    def __len__(self) -> int:
        return len(self.target)
