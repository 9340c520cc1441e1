"""Views that experts learn from: each modality, and all of them side by side."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from functools import cached_property

import numpy as np
from sklearn.utils import gen_batches

# Columns that are worked on at a time: no copy of a wide block is made.
_CHUNK = 1024


class Views:
    """Views of some patients; what several views need is computed once.

    A view is a modality and, where there are several, also all side by side.

    Parameters
    ----------
    X : MultiModalData of shape (n_patients, n_modalities)
        Preprocessed blocks.
    modalities : list of str
        Modalities that are views.
    landmarks : Landmarks or None, default=None
        Whom kernels compare patients with; None draws them from these patients.
    unlabelled : MultiModalData of shape (n_unlabelled, n_modalities), default=None
        Further patients beside training patients, without a target.

    Attributes
    ----------
    blocks : list of ndarray of shape (n_patients, n_features)
        Blocks of the modalities.
    observed : bool ndarray of shape (n_patients, n_modalities)
        Who has which modality.
    unlabelled : Views or None
        Those of the further patients.
    """

    def __init__(self, X, modalities, landmarks=None, unlabelled=None):
        self.blocks = [X[name] for name in modalities]
        self.observed = X.mask[:, [list(X).index(name) for name in modalities]]
        self.landmarks = landmarks
        self.unlabelled = None if unlabelled is None else Views(unlabelled, modalities)
        self._grams: dict[int, np.ndarray] = {}
        self._products: dict[int, tuple[np.ndarray, np.ndarray]] = {}

    def __len__(self):
        n_modalities = len(self.blocks)
        return n_modalities + (n_modalities > 1)

    def __getitem__(self, place: int) -> View:
        if place < 0 or place >= len(self):
            raise IndexError(place)
        is_joint = place == len(self.blocks)
        return View(self, list(range(place)) if is_joint else [place])

    def __iter__(self) -> Iterator[View]:
        return map(self.__getitem__, range(len(self)))

    def gram(self, modality):
        """Products of all pairs of patients who have a modality."""
        if modality not in self._grams:
            rows = self.rows(modality)
            gram = np.zeros((len(rows), len(rows)))
            for chunk, _ in self.chunks(modality):
                gram += chunk @ chunk.T
            self._grams[modality] = gram
        return self._grams[modality]

    def to_landmarks(self, modality):
        """Squares of patients who have a modality, and products with its landmarks."""
        if modality not in self._products:
            landmarks = self.landmarks.tables[modality]
            n_patients = len(self.rows(modality))
            squares = np.zeros(n_patients)
            products = np.zeros((n_patients, len(landmarks)))
            for chunk, columns in self.chunks(modality):
                chunk = chunk.astype(landmarks.dtype, copy=False)
                squares += np.einsum("ij,ij->i", chunk, chunk, dtype=np.float64)
                products += chunk @ landmarks[:, columns].T
            self._products[modality] = squares, products
        return self._products[modality]

    def rows(self, modality):
        """Patients who have a modality."""
        return np.flatnonzero(self.observed[:, modality])

    def chunks(self, modality):
        """Columns of a modality, of patients who have it, and which they are.

        A missing cell counts as the mean, 0 in standardised columns.
        """
        block, rows = self.blocks[modality], self.rows(modality)
        everybody = len(rows) == len(block)
        for columns in gen_batches(block.shape[1], _CHUNK):
            chunk = block[:, columns] if everybody else block[rows, columns]
            # of one layout, on which the last bits of products depend
            chunk = np.array(chunk, dtype=np.float64, order="C")
            yield np.nan_to_num(chunk, copy=False), columns


class View:
    """The patients who have a view: one modality, or any of all; the others count as 0.

    Parameters
    ----------
    views : Views
        All views of some patients.
    modalities : list of int
        Places of the view's modalities.

    Attributes
    ----------
    seen : bool ndarray of shape (n_patients,)
        Who has the view.
    width : int
        Columns of the view.
    """

    def __init__(self, views, modalities):
        self.views = views
        self.modalities = modalities
        self.seen = views.observed[:, modalities].any(axis=1)
        self.width = sum(views.blocks[m].shape[1] for m in modalities)
        self._n_patients = int(self.seen.sum())

    def __len__(self):
        return self._n_patients

    @cached_property
    def table(self):
        """Columns of all modalities, of shape (n_patients, width)."""
        return self.filled(np.zeros((len(self), self.width)))

    @property
    def gram(self):
        """Products of all pairs of patients, of shape (n_patients, n_patients)."""
        gram = np.zeros((len(self), len(self)))
        for modality in self.modalities:
            rows = self.places(modality)
            gram[np.ix_(rows, rows)] += self.views.gram(modality)
        return gram

    def filled(self, table):
        """Write the columns of all modalities into zeros."""
        for columns, rows, chunk in self._chunks():
            table[rows, columns] = chunk
        return table

    def with_table(self, table):
        """Return the view of other patients, by their columns of all modalities."""
        views = copy(self.views)
        views._grams, views._products = {}, {}
        views.observed = np.zeros((len(table), len(views.blocks)), dtype=bool)
        views.observed[:, self.modalities] = True
        widths = [block.shape[1] for block in views.blocks]
        views.blocks = [table[:, :0]] * len(widths)
        start = 0
        for modality in self.modalities:
            stop = start + widths[modality]
            views.blocks[modality] = table[:, start:stop]
            start = stop
        return View(views, self.modalities)

    def weights(self, of_patients):
        """Columns' weights that equal weights of patients, (..., n_patients)."""
        weights = np.empty((*of_patients.shape[:-1], self.width))
        for columns, rows, chunk in self._chunks():
            weights[..., columns] = of_patients[..., rows] @ chunk
        return weights

    def places(self, modality):
        """Places, among the patients who have the view, of those with a modality."""
        return np.flatnonzero(self.views.observed[self.seen, modality])

    def _chunks(self):
        """Columns of all modalities in turn, and which and whose they are."""
        start = 0
        for modality in self.modalities:
            rows = self.places(modality)
            rows = slice(None) if len(rows) == len(self) else rows
            for chunk, columns in self.views.chunks(modality):
                yield slice(start + columns.start, start + columns.stop), rows, chunk
            start += self.views.blocks[modality].shape[1]
