"""Models that each held some patients out, and whom to compare a new patient with."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from typing import Any, NamedTuple

import numpy as np
from sklearn.utils.validation import check_consistent_length, column_or_1d

from magnet_sklearn.data import (
    ModalitySchema,
    MultiModalData,
    check_same_patients,
    drop_modalities,
    quoted,
)
from magnet_sklearn.explain._conformal_targets import ConformalTarget


class Alike(NamedTuple):
    """New patients who are compared with the same calibration patients."""

    rows: np.ndarray  # of the new patients
    calibration: np.ndarray  # rows of the training patients
    observed: np.ndarray  # modalities used, of both
    is_masked: bool  # whether calibration patients lost blocks for this


@dataclass(frozen=True)
class HeldOut:
    """Training patients, and for each the model that has not seen it.

    Parameters
    ----------
    X : MultiModalData of shape (n_patients, n_modalities)
        Training patients.
    fold : int ndarray of shape (n_patients,)
        Number of the model that held the patient out.
    models : list of estimators
        Fitted.
    partition : ndarray of shape (n_patients,) or None
        Group of each patient.
    """

    X: MultiModalData
    fold: np.ndarray
    models: list[Any]
    partition: np.ndarray | None

    def check(
        self, X: MultiModalData, partition: Any
    ) -> tuple[MultiModalData, np.ndarray | None]:
        """Return new patients and their groups as those of the training patients."""
        X = ModalitySchema.from_data(self.X).conform(X, "ConformalPredictor")
        check_same_patients(X, {"partition": partition})
        if self.partition is None and partition is None:
            return X, None
        if self.partition is None or partition is None:
            got = "no `partition`" if self.partition is None else "a `partition`"
            raise ValueError(f"fit got {got}: give one to both of fit and predict.")
        check_consistent_length(X, partition)
        partition = column_or_1d(partition)
        unknown = np.setdiff1d(partition, self.partition)
        if len(unknown):
            raise ValueError(
                f"partition has {quoted(unknown, 5)}, which fit did not see. Groups "
                f"of fit: {quoted(np.unique(self.partition), 20)}."
            )
        return X, partition

    def alike(
        self, X: MultiModalData, partition: np.ndarray | None, min_patients: int | None
    ) -> Iterator[Alike]:
        """Sort new patients by whom they are compared with."""
        known = self.partition
        if partition is None or known is None:
            partition, known = np.zeros(len(X)), np.zeros(len(self.X))
        for group in np.unique(partition):
            rows = np.flatnonzero(partition == group)
            candidates = np.flatnonzero(known == group)
            masks = self.X.mask[candidates]
            if min_patients is None:
                yield Alike(rows, candidates, np.ones(X.shape[1], bool), False)
                continue
            patterns, which = np.unique(X.mask[rows], axis=0, return_inverse=True)
            for number, pattern in enumerate(patterns):
                chosen, observed, is_masked = choose(pattern, masks, min_patients)
                own = rows[which.ravel() == number]
                yield Alike(own, candidates[chosen], observed, is_masked)

    def compare(
        self, X: MultiModalData, alike: Alike, target: ConformalTarget, alpha: float
    ) -> np.ndarray:
        """Predict calibration patients by their own model, new ones by all; compare."""
        fold = self.fold[alike.calibration]
        own, new = [], []
        new_patients = restrict(X[alike.rows], alike.observed)
        with warnings.catch_warnings():
            # hiding blocks can leave calibration patients without any
            warnings.filterwarnings("ignore", ".*no observed modality", UserWarning)
            for number, model in enumerate(self.models):
                rows = alike.calibration[fold == number]
                seen = restrict(self.X[rows], alike.observed)
                own.append(target.predict(model, seen, alpha) if len(rows) else None)
                new.append(target.predict(model, new_patients, alpha))
        return target.compare(own, new, alike.calibration, fold, alpha)


def check_enough(groups: list[Alike], alpha: float) -> None:
    """Warn of patients with too few calibration patients to exclude anything."""
    needed = ceil((1 - 1e-12) / alpha) - 1
    too_few = sum(len(a.rows) for a in groups if len(a.calibration) < needed)
    if too_few:
        warnings.warn(
            f"{too_few} of {sum(len(a.rows) for a in groups)} patients are compared "
            f"with fewer than {needed} training patients, too few to exclude anything "
            f"at alpha={alpha}. Raise alpha or make `partition` coarser.",
            UserWarning,
            stacklevel=4,
        )


def choose(
    pattern: np.ndarray, masks: np.ndarray, min_patients: int
) -> tuple[np.ndarray, np.ndarray, bool]:
    """Choose calibration patients for a pattern of observed blocks.

    Parameters
    ----------
    pattern : bool ndarray of shape (n_modalities,)
        What the new patient has.
    masks : bool ndarray of shape (n_training, n_modalities)
        What the training patients have.
    min_patients : int
        How many are enough; half of all are enough, too.

    Returns
    -------
    rows : int ndarray of shape (n_calibration,)
        Patients of this pattern if they are enough, else all who have these blocks.
    observed : bool ndarray of shape (n_modalities,)
        Blocks to use; fewer than the pattern's if too few patients have them all.
    is_masked : bool
        Whether the rows have other blocks besides.
    """
    enough = min(min_patients, ceil(len(masks) / 2))
    same = np.flatnonzero((masks == pattern).all(axis=1))
    if len(same) >= enough:
        return same, pattern, False
    nothing = np.zeros_like(pattern)
    options = np.unique(np.vstack([pattern, masks & pattern, nothing]), axis=0)
    has: np.ndarray = np.all(masks[None] >= options[:, None], axis=2)
    n_patients, n_blocks = has.sum(axis=1), options.sum(axis=1)
    best = np.lexsort([n_patients, n_blocks, n_patients >= enough])[-1]
    return np.flatnonzero(has[best]), options[best], True


def restrict(X: MultiModalData, observed: np.ndarray) -> MultiModalData:
    """Hide the blocks of all other modalities."""
    hidden = {name: 1.0 for name, kept in zip(X, observed, strict=True) if not kept}
    return drop_modalities(X, hidden, 0, keep_one=False) if hidden else X
