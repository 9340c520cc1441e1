"""Views that experts learn from: each modality, and all of them side by side."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from functools import cached_property

import numpy as np

from magnet_sklearn._utils import CentredSparse
from magnet_sklearn.experts._columns import columns_of


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
    blocks : list of ndarray or CentredSparse of shape (n_patients, n_features)
        Blocks of the modalities.
    observed : bool ndarray of shape (n_patients, n_modalities)
        Who has which modality.
    learn : bool
        Whether landmarks are among these patients.
    unlabelled : Views or None
        Those of the further patients.
    """

    def __init__(self, X, modalities, landmarks=None, unlabelled=None):
        self.blocks = [X[name] for name in modalities]
        self.observed = X.mask[:, [list(X).index(name) for name in modalities]]
        self.landmarks = landmarks
        self.learn = landmarks is None
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
            self._grams[modality] = self.columns(modality).gram()
        return self._grams[modality]

    def to_landmarks(self, modality):
        """Squares of patients who have a modality, and products with its landmarks."""
        if modality not in self._products:
            own = self.landmarks
            # what is learned from rounded products is far less precise
            given = own.places[modality] if self.learn else own.tables[modality]
            products = self.columns(modality).squares_and_products(given)
            self._products[modality] = products
        return self._products[modality]

    def columns(self, modality):
        """Columns of a modality, of patients who have it."""
        rows = np.flatnonzero(self.observed[:, modality])
        return columns_of(self.blocks[modality], rows)


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
    is_sparse : bool
        Whether a modality has stayed sparse.
    """

    def __init__(self, views, modalities):
        self.views = views
        self.modalities = modalities
        self.seen = views.observed[:, modalities].any(axis=1)
        self.widths = [block.shape[1] for block in views.blocks]
        self.width = sum(self.widths[modality] for modality in modalities)
        self.is_sparse = any(
            isinstance(views.blocks[modality], CentredSparse) for modality in modalities
        )
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
        for modality, places, start, _ in self._parts():
            everybody = len(places) == len(self)
            for rows, columns, piece in self.views.columns(modality).pieces():
                columns = slice(start + columns.start, start + columns.stop)
                table[rows if everybody else places[rows], columns] = piece
        return table

    def with_table(self, table):
        """Return the view of other patients, by their columns of all modalities."""
        views = copy(self.views)
        views._grams, views._products = {}, {}
        views.learn = False  # places of landmarks are rows of the training patients
        views.observed = np.zeros((len(table), len(views.blocks)), dtype=bool)
        views.observed[:, self.modalities] = True
        views.blocks = [table[:, :0]] * len(views.blocks)
        for modality, _, start, stop in self._parts():
            views.blocks[modality] = table[:, start:stop]
        return View(views, self.modalities)

    def weights(self, of_patients):
        """Columns' weights that equal weights of patients, (..., n_patients)."""
        weights = np.empty((*of_patients.shape[:-1], self.width))
        for modality, places, start, stop in self._parts():
            columns = self.views.columns(modality)
            weights[..., start:stop] = columns.weighted_sum(of_patients[..., places])
        return weights

    def __matmul__(self, coef):
        """Add the columns up with weights of shape (width, ...)."""
        sums = np.zeros((len(self), *coef.shape[1:]))
        for modality, places, start, stop in self._parts():
            sums[places] += self.views.columns(modality) @ coef[start:stop]
        return sums

    def places(self, modality):
        """Places, among the patients who have the view, of those with a modality."""
        return np.flatnonzero(self.views.observed[self.seen, modality])

    def _parts(self):
        """Yield each modality, whose it is, and its first and last column."""
        start = 0
        for modality in self.modalities:
            stop = start + self.widths[modality]
            yield modality, self.places(modality), start, stop
            start = stop
