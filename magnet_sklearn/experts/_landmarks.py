"""Training patients whom kernels compare others with."""

from __future__ import annotations

import numpy as np

from magnet_sklearn._utils import CentredSparse
from magnet_sklearn.experts._views import Views

_MOST_LANDMARKS = 300
# Wider tables are kept in single precision; kernels then are right to about 1e-7.
_DOUBLE_COLUMNS = 1000


class Landmarks:
    """Landmarks of each modality, which all views and experts share.

    A modality has up to 300, and the view of all modalities side by side has up to 300
    of these patients: the first of one order of all patients.

    Parameters
    ----------
    views : Views
        Training patients.
    random_state : int or None
        Draws the order.

    Attributes
    ----------
    tables : list of ndarray or CentredSparse of shape (n_landmarks, n_features)
        Landmarks of each modality; 0 in place of missing cells.
    squares : list of ndarray of shape (n_landmarks,)
        Their squared lengths.
    places : list of int ndarray of shape (n_landmarks,)
        Where they are among the training patients who have the modality.
    """

    def __init__(self, views: Views, random_state: int | None):
        n_patients = len(views.observed)
        self._order = np.random.RandomState(random_state).permutation(n_patients)
        self._patients: list[np.ndarray] = []
        self.tables: list[np.ndarray | CentredSparse] = []
        self.squares: list[np.ndarray] = []
        self.places: list[np.ndarray] = []
        for modality, block in enumerate(views.blocks):
            observed = views.observed[:, modality]
            patients = self._first(observed)
            table, squares = _table(block[patients])
            self._patients.append(patients)
            self.tables.append(table)
            self.squares.append(squares)
            self.places.append(np.searchsorted(np.flatnonzero(observed), patients))

    def of_view(self, view) -> tuple[int, list[tuple[int, np.ndarray, np.ndarray]]]:
        """Return how many landmarks a view has, and where they are.

        That is for each modality its place, which of the view's landmarks have it, and
        where these are among the landmarks of the modality.
        """
        chosen = self._first(view.seen)
        places = []
        for modality in view.modalities:
            patients = self._patients[modality]
            has = np.flatnonzero(np.isin(chosen, patients))
            places.append((modality, has, np.searchsorted(patients, chosen[has])))
        return len(chosen), places

    def rows(self, view) -> np.ndarray:
        """Where a view's landmarks are among the training patients who have it."""
        return np.searchsorted(np.flatnonzero(view.seen), self._first(view.seen))

    def _first(self, seen):
        """First of the order of those who have a view, in their own order."""
        order = self._order[seen[self._order]]
        return np.sort(order[:_MOST_LANDMARKS])


def _table(rows):
    """Keep rows of a block, wide ones in single precision or sparse; their squares."""
    if isinstance(rows, CentredSparse):
        return rows, rows.squares()
    table = np.nan_to_num(np.ascontiguousarray(rows, dtype=np.float64), copy=False)
    squares = np.einsum("ij,ij->i", table, table)
    is_wide = rows.shape[1] > _DOUBLE_COLUMNS
    return table.astype(np.float32 if is_wide else np.float64, copy=False), squares
