"""The experts of all tasks of a target."""

from __future__ import annotations

import numpy as np

from magnet_sklearn._targets._base import Target
from magnet_sklearn._targets._several import SeveralTargets
from magnet_sklearn.data import MultiModalData
from magnet_sklearn.experts import ExpertOffset, TaskLinks


class TargetExperts:
    """Experts of each task of a target, which inform each other where tasks differ.

    Parameters
    ----------
    estimator : "auto", estimator or None
        As in :class:`ExpertOffset`.
    target : Target
        Fitted.
    random_state : int
        Shuffles the folds.
    verbose : int, default=0
        1 shows a progress bar over the experts of each task.

    Attributes
    ----------
    offsets_ : list of ExpertOffset
        One per task of the loss.
    links_ : TaskLinks or None
        What the experts of each task tell about the others.
    """

    def __init__(
        self, estimator, target: Target, random_state: int, verbose: int = 0
    ) -> None:
        self.target = target
        self.offsets_ = [
            ExpertOffset(
                estimator,
                loss=task.loss,
                evidence=kind,
                random_state=random_state,
                verbose=verbose,
            )
            for task, kind in zip(target.loss.tasks(), target.evidence(), strict=True)
        ]
        self.links_: TaskLinks | None = None

    def fit(
        self,
        X: MultiModalData,
        encoded: np.ndarray,
        weight: np.ndarray,
        groups: np.ndarray | None = None,
        unlabelled: MultiModalData | None = None,
    ) -> TargetExperts:
        """Fit all experts, then the links.

        Parameters
        ----------
        X : MultiModalData of shape (n_patients, n_modalities)
            Preprocessed patients.
        encoded : ndarray of shape (n_patients, n_columns)
            Their target, encoded.
        weight : ndarray of shape (n_patients,)
            Weights of the patients.
        groups : ndarray of shape (n_patients,), default=None
            Patients of one group are held out together.
        unlabelled : MultiModalData of shape (n_unlabelled, n_modalities), default=None
            Further preprocessed patients, without a target.
        """
        tasks = self.target.loss.tasks()
        for offset, task in zip(self.offsets_, tasks, strict=True):
            offset.fit(
                X,
                encoded[:, task.columns],
                weight=weight,
                groups=groups,
                unlabelled=unlabelled,
            )
        if isinstance(self.target, SeveralTargets) and len(tasks) > 1:
            outputs, baseline = self.training_outputs(), self.baseline()
            self.links_ = TaskLinks().fit(outputs, encoded, weight, tasks, baseline)
        return self

    def training_outputs(self) -> np.ndarray:
        """Return out-of-fold outputs of the training patients."""
        return self._linked([offset.training_outputs_ for offset in self.offsets_])

    def held_out_outputs(self) -> np.ndarray:
        """Return the same; for numbers, their combination has not seen them either."""
        return self._linked([offset.held_out_outputs_ for offset in self.offsets_])

    def outputs(self, X: MultiModalData) -> np.ndarray:
        """Return outputs of preprocessed patients, all tasks side by side."""
        return self._linked([offset.outputs(X) for offset in self.offsets_])

    def baseline(self) -> np.ndarray:
        """Return the outputs for a patient of whom nothing is known."""
        return np.concatenate(
            [offset.combination_.baseline_ for offset in self.offsets_]
        )

    def contributions(self, X: MultiModalData) -> np.ndarray:
        """Return what the experts of each modality, and the joint ones, add to it.

        Of shape (n_patients, n_modalities + 1, n_outputs), after the links.
        """
        tasks = self.target.loss.tasks()
        n_outputs = self.target.loss.n_outputs
        added = np.zeros((len(X), len(list(X)) + 1, n_outputs))
        for offset, task in zip(self.offsets_, tasks, strict=True):
            added[:, :, task.outputs] = offset.contributions(X)
        return added if self.links_ is None else added @ self.links_.weights_

    def _linked(self, parts):
        outputs = np.hstack(parts)
        return outputs if self.links_ is None else self.links_.apply(outputs)
