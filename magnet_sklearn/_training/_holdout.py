"""Which patients each member of an ensemble learns from, and which it holds out."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from sklearn.utils import gen_batches

from magnet_sklearn._training._cohort import Cohort
from magnet_sklearn.data import MultiModalData
from magnet_sklearn.experts._splits import stratified_folds

# Products of matrices differ in their last bits between batches; no patient does.
_DECIMALS = 6
_AT_A_TIME = 4096


def member_splits(
    labels: np.ndarray,
    groups: np.ndarray | None,
    n_members: int,
    validation_fraction: float,
    seed: int,
) -> list[tuple[np.ndarray, np.ndarray | None]]:
    """Let each member hold out a fold of its own.

    Parameters
    ----------
    labels : int ndarray of shape (n_patients,)
        What the folds are stratified by, such as classes.
    groups : ndarray of shape (n_patients,) or None
        Patients of one group are held out together.
    n_members : int
        Members of the ensemble.
    validation_fraction : float
        Share of the patients a member is validated on, in (0, 0.5].
    seed : int
        Shuffles the patients.

    Returns
    -------
    splits : list of (train, held_out) index arrays
        One per member. Folds do not overlap until every patient was held out once.
        `held_out` is None where not even two folds can be made.
    """
    n_splits = max(2, round(1 / validation_fraction))
    folds: list[tuple[np.ndarray, np.ndarray | None]] = []
    while len(folds) < n_members:
        more = stratified_folds(
            labels, n_splits=n_splits, groups=groups, random_state=seed
        )
        if not more:
            return [(np.arange(len(labels)), None)] * n_members
        folds.extend(more)
        seed += 1
    return folds[:n_members]


@dataclass(frozen=True)
class _Fit:
    """One training: for each patient and group the members that learned from it."""

    modalities: list[str]
    patients: dict[bytes, frozenset[int]]
    groups: dict[Hashable, frozenset[int]]
    was_stopped: bool


@dataclass(frozen=True)
class HoldoutHistory:
    """Who taught which member in earlier trainings, so that held-out patients stay so.

    Patients are told apart by their preprocessed data, for rows may come in another
    order and without ids; only digests are kept.

    Parameters
    ----------
    fits : tuple
        One entry per training so far.
    """

    fits: tuple[_Fit, ...] = ()

    def has_seen(self, X: MultiModalData) -> np.ndarray:
        """Tell who has the data of somebody who took part in a training.

        Parameters
        ----------
        X : MultiModalData of shape (n_patients, n_modalities)
            Preprocessed.

        Returns
        -------
        seen : bool ndarray of shape (n_patients,)
            Also of those who were held out for early stopping and gates.
        """
        seen = np.zeros(len(X), dtype=bool)
        for fit in self.fits:
            seen |= [key in fit.patients for key in _digests(X, fit.modalities)]
        return seen

    def splits(
        self,
        cohort: Cohort,
        labels: np.ndarray,
        *,
        n_members: int,
        validation_fraction: float,
        seed: int,
    ) -> list[tuple[np.ndarray, np.ndarray | None]]:
        """Let each member hold out patients it never learned from.

        Patients seen before stay where they are: held out by the members that held
        them out. New ones are divided into folds, as in :func:`member_splits`.

        Parameters
        ----------
        cohort : Cohort
            Training patients.
        labels : int ndarray of shape (n_patients,)
            What the folds are stratified by.
        n_members, validation_fraction, seed : int, float, int
            As in :func:`member_splits`.

        Returns
        -------
        splits : list of (train, held_out) index arrays
            One per member.

        Raises
        ------
        ValueError
            If a member that was stopped by held-out patients before has learned from
            all of these.
        """
        known, learned = self._look_up(cohort, n_members)
        new = np.flatnonzero(~known)
        folds: list = [(new, None)] * n_members
        if len(new):
            groups = None if cohort.groups is None else cohort.groups[new]
            folds = member_splits(
                labels[new], groups, n_members, validation_fraction, seed
            )
        if not known.any():
            return folds
        held = known[:, None] & ~learned
        for member, (_, fold) in enumerate(folds):
            if fold is not None:
                held[new[fold], member] = True
        if not held.any(axis=0).all():
            if not any(fit.was_stopped for fit in self.fits):
                return [(np.arange(len(cohort)), None)] * n_members
            raise ValueError(
                "A network has learned from all of these patients before, so that "
                "none is left to stop it and to weight its contribution. Pass X_val "
                "and y_val."
            )
        return [(np.flatnonzero(~rows), np.flatnonzero(rows)) for rows in held.T]

    def after(self, cohort: Cohort, splits: list) -> HoldoutHistory:
        """Return the history after a further training.

        Parameters
        ----------
        cohort : Cohort
            Training patients.
        splits : list of (train, held_out)
            Rows that each member learns from, and others.

        Returns
        -------
        history : HoldoutHistory
            All trainings until then.
        """
        learned = np.zeros((len(cohort), len(splits)), dtype=bool)
        for member, (train, _) in enumerate(splits):
            learned[train, member] = True
        modalities = list(cohort.X)
        groups = [] if cohort.groups is None else cohort.groups.tolist()
        fit = _Fit(
            modalities,
            _members(_digests(cohort.X, modalities), learned),
            _members(groups, learned),
            was_stopped=splits[0][1] is not None,
        )
        return HoldoutHistory((*self.fits, fit))

    def _look_up(self, cohort, n_members):
        """Who was there in any training, and which members learned from whom."""
        known = np.zeros(len(cohort), dtype=bool)
        learned = np.zeros((len(cohort), n_members), dtype=bool)
        groups = [] if cohort.groups is None else cohort.groups.tolist()
        for fit in self.fits:
            digests = _digests(cohort.X, fit.modalities)
            for keys, table in ((digests, fit.patients), (groups, fit.groups)):
                for row, key in enumerate(keys):
                    if key in table:
                        known[row] = True
                        learned[row, sorted(table[key])] = True
        return known, learned


def _members(keys, learned):
    """Members that learned from any row of a key."""
    table: dict[Hashable, frozenset[int]] = {}
    for key, row in zip(keys, learned, strict=False):
        members = frozenset(np.flatnonzero(row).tolist())
        table[key] = table.get(key, frozenset()) | members
    return table


def _digests(X: MultiModalData, modalities: list[str]) -> list[bytes]:
    """One digest per patient, of what is known about it in some modalities."""
    digests = []
    for rows in gen_batches(len(X), _AT_A_TIME):
        blocks = [
            X[name][rows].reshape(rows.stop - rows.start, -1) for name in modalities
        ]
        # there are several bit patterns of NaN, and two of zero
        table = np.nan_to_num(np.round(np.hstack(blocks), _DECIMALS), nan=np.inf) + 0.0
        digests += [blake2b(row.tobytes(), digest_size=8).digest() for row in table]
    return digests
