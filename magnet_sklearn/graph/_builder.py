"""PatientGraphBuilder: edges from similar training patients to queries."""

from numbers import Integral, Real
from typing import Any

import numpy as np
import torch
from sklearn.base import BaseEstimator, _fit_context
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_consistent_length, check_is_fitted

from magnet_sklearn.data import ModalitySchema, check_multimodal
from magnet_sklearn.graph._candidates import Cells, nearest_candidates
from magnet_sklearn.graph._coreset import spread_rows
from magnet_sklearn.graph._groups import group_codes
from magnet_sklearn.graph._neighbors import nearest_references
from magnet_sklearn.graph._patient_graph import PatientGraph
from magnet_sklearn.graph._projection import fit_space
from magnet_sklearn.graph._summary import graph_summary, search_quality
from magnet_sklearn.graph._vectors import (
    PatientVectors,
    inverse_distance,
    masked_cosine,
    shared_features,
)

_LARGEST_EXACT = 10_000  # references that "auto" compares one by one
_QUALITY_OF = 200


class PatientGraphBuilder(BaseEstimator):
    """Link every patient to the most similar training patients.

    Each block is standardised on the training patients who have it and, where it has
    more than `n_components` columns, reduced to its first principal components. Two
    patients are compared over the modalities both have; with none in common there is
    no edge, and only a positive similarity is an edge. Blocks of more than two
    dimensions are left out.

    The edges of a patient never depend on the other queries.

    Parameters
    ----------
    n_neighbors : int, default=10
        Largest number of references per patient.
    metric : {"cosine", "euclidean"}, default="cosine"
        "euclidean" is 1 / (1 + d), d the root mean square difference over the
        features shared.
    n_components : int or None, default=50
        Blocks with more columns are reduced to this number by PCA; None reduces
        nothing.
    shrinkage : float, default=5.0
        Similarity from s shared features, counted after the reduction, is multiplied
        by s / (s + shrinkage): few shared features are weak evidence of similarity.
    method : {"auto", "exact", "approximate"}, default="auto"
        "approximate" compares a patient with the references of the nearest cells of
        about 256 patients; its recall is in `graph_summary_`.
        "auto" is exact up to 10 000 references.
    n_probes : int, default=32
        Cells that an approximate search visits for each query.
    max_references : int, default=None
        Largest number of training patients who may be neighbours; of more, a sample
        spread evenly over the space is taken (a coreset). None takes all.
    chunk_size : int, default=2048
        Number of queries, and of references, compared at a time. Memory grows with
        its square; results do not change.
    common_scale : list of str, default=None
        Modalities whose columns are scaled together, not one by one, so that those
        of larger variance count more, such as principal components.
    device : str, default="cpu"
        Torch device that computes the similarities, such as "cuda".
    verbose : int, default=0
        1 shows a progress bar over the training patients.

    Attributes
    ----------
    training_graph_ : PatientGraph
        Edges among the training patients, none to oneself or the own group; its
        neighbors are rows of X, unlike those of `connect`.
    references_ : int64 ndarray of shape (n_references,)
        Rows of the training patients who may be neighbours.
    reference_mask_ : bool ndarray of shape (n_references, n_modalities)
        Which of `modalities_` each of them has.
    graph_summary_ : dict
        `method`, `n_references`, `n_neighbors`, `mean_degree`, `isolated_share`,
        `in_degree_skew` (of how often each reference is a neighbour: high where there
        are hubs, neighbours of many); of 200 patients `recall` (share of the exact
        neighbours that the search found) and `similarity_kept` (similarity to the
        neighbours found, as a share of that to the nearest of all training patients);
        and, for class labels, `label_homophily` (share of edges within a class) beside
        `label_homophily_chance` (share of all pairs).
    modalities_ : list of str
        Modalities that patients are compared by.

    See Also
    --------
    masked_cosine_similarity : The dense similarity matrix of a small cohort.

    Examples
    --------
    >>> from magnet_sklearn import MultiModalData
    >>> from magnet_sklearn.graph import PatientGraphBuilder
    >>> X = MultiModalData({"rna": [[1.0, 0.0], [0.9, 0.1], [0.0, 1.0]]})
    >>> builder = PatientGraphBuilder(n_neighbors=1).fit(X)
    >>> builder.training_graph_.neighbors.tolist()
    [[1], [0], [-1]]
    >>> builder.connect({"rna": [[0.1, 0.9]]}).neighbors.tolist()
    [[2]]
    """

    _parameter_constraints: dict[str, list[Any]] = {
        "n_neighbors": [Interval(Integral, 1, None, closed="left")],
        "metric": [StrOptions({"cosine", "euclidean"})],
        "n_components": [Interval(Integral, 1, None, closed="left"), None],
        "shrinkage": [Interval(Real, 0, None, closed="left")],
        "method": [StrOptions({"auto", "exact", "approximate"})],
        "n_probes": [Interval(Integral, 1, None, closed="left")],
        "max_references": [Interval(Integral, 1, None, closed="left"), None],
        "chunk_size": [Interval(Integral, 1, None, closed="left")],
        "common_scale": [list, None],
        "device": [str],
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        n_neighbors=10,
        *,
        metric="cosine",
        n_components=50,
        shrinkage=5.0,
        method="auto",
        n_probes=32,
        max_references=None,
        chunk_size=2048,
        common_scale=None,
        device="cpu",
        verbose=0,
    ):
        self.n_neighbors = n_neighbors
        self.metric = metric
        self.n_components = n_components
        self.shrinkage = shrinkage
        self.method = method
        self.n_probes = n_probes
        self.max_references = max_references
        self.chunk_size = chunk_size
        self.common_scale = common_scale
        self.device = device
        self.verbose = verbose

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y=None, groups=None):
        """Take patients as references and link them among themselves.

        Parameters
        ----------
        X : MultiModalData of shape (n_patients, n_modalities)
            Training patients, numeric blocks only.
        y : array-like of shape (n_patients,), default=None
            Used for `graph_summary_` only, and only if it holds class labels.
        groups : array-like of shape (n_patients,), default=None
            Patients of one group, such as a family, are never neighbours in
            `training_graph_`.

        Returns
        -------
        self : PatientGraphBuilder
            The fitted builder.

        Raises
        ------
        ValueError
            If a block is categorical, or `groups` has missing values.
        """
        X = check_multimodal(X)
        check_consistent_length(X, y, groups)
        self._schema = ModalitySchema.from_data(X)
        self._space = fit_space(X, self.n_components, self.common_scale or ())
        self.modalities_ = list(self._space.projections)
        self._coordinates, self._mask = self._space.apply(X)
        patients = self._vectors(self._coordinates, self._mask)
        self._choose_references(patients)
        references = self._reference_vectors()
        self._cells = self._search_cells(references)
        codes = group_codes(groups, len(X))
        groups = codes, codes[self.references_]
        found = self._nearest(patients, references, groups, bool(self.verbose))
        self.training_graph_ = found.among(self.references_, len(X))
        self.graph_summary_ = {
            "method": "exact" if self._cells is None else "approximate",
            **self._quality(patients, codes),
            **graph_summary(self.training_graph_.neighbors, self.references_, y),
        }
        return self

    def connect(self, X):
        """Link new patients to the training patients.

        Patients are not matched by id: a reference passed here finds itself.

        Parameters
        ----------
        X : MultiModalData of shape (n_queries, n_modalities)
            New patients; modalities they lack may be absent.

        Returns
        -------
        graph : PatientGraph
            Edges to the new patients; its neighbors are positions in `references_`.

        Raises
        ------
        ValueError
            If modalities, columns or shapes differ from those of `fit`.
        """
        check_is_fitted(self)
        X = self._schema.conform(check_multimodal(X), type(self).__name__)
        queries = self._vectors(*self._space.apply(X))
        return self._nearest(queries, self._reference_vectors())

    @property
    def reference_mask_(self):
        """Which of `modalities_` each reference has."""
        return self._mask > 0

    def __getstate__(self):
        # computed again when needed: it lies on a device
        return super().__getstate__() | {"_prepared": None}

    def _choose_references(self, patients):
        """Take all training patients as references, or some."""
        self.references_ = np.arange(len(patients))
        self._prepared: tuple | None = self.device, patients
        with_data = torch.from_numpy(np.flatnonzero(self._mask.any(axis=1)))
        if self.max_references is None or self.max_references >= len(with_data):
            return
        chosen = spread_rows(patients[with_data], self.max_references)
        self.references_ = with_data[chosen].numpy()
        self._coordinates = self._coordinates[self.references_]
        self._mask = self._mask[self.references_]
        self._prepared = None

    def _search_cells(self, references):
        """Partition the references for an approximate search; None is an exact one."""
        is_few = len(references) <= _LARGEST_EXACT
        if self.method == "exact" or (self.method == "auto" and is_few):
            return None
        return Cells.fit(references)

    def _reference_vectors(self):
        if self._prepared is None or self._prepared[0] != self.device:
            vectors = self._vectors(self._coordinates, self._mask)
            self._prepared = self.device, vectors
        return self._prepared[1]

    def _vectors(self, coordinates, mask):
        return PatientVectors.from_blocks(
            coordinates, mask, self._space.widths, self.device
        )

    def _nearest(self, queries, references, groups=None, has_bar=False):
        """Neighbours by the search that was chosen in `fit`."""
        if self._cells is None:
            return self._nearest_of_all(queries, references, groups, has_bar)
        common = queries, references, self._similarity, self.n_neighbors
        found = nearest_candidates(*common, self._cells, self.n_probes, groups, has_bar)
        return PatientGraph(*found, len(references))

    def _nearest_of_all(self, queries, references, groups=None, has_bar=False):
        how = self._similarity, self.n_neighbors, self.chunk_size
        found = nearest_references(queries, references, *how, groups, has_bar)
        return PatientGraph(*found, len(references))

    def _quality(self, patients, codes):
        """Recall and similarity of the neighbours found, for some patients."""
        is_exact, has_all = self._cells is None, len(self.references_) == len(patients)
        if is_exact and has_all:
            return {"recall": 1.0, "similarity_kept": 1.0}
        rows = np.linspace(0, len(patients) - 1, _QUALITY_OF).astype(int)
        queries = patients[torch.from_numpy(rows).to(patients.values.device)]
        kept = self._reference_vectors()
        groups = codes[rows], codes[self.references_]
        found = self._nearest(queries, kept, groups)
        exact = found if is_exact else self._nearest_of_all(queries, kept, groups)
        best = exact
        if not has_all:
            best = self._nearest_of_all(queries, patients, (codes[rows], codes))
        return search_quality(found, exact, best)

    def _similarity(self, queries, references) -> torch.Tensor:
        if self.metric == "cosine":
            similarity = masked_cosine(queries, references)
        else:
            unit = 2.0**-self._space.bits
            similarity = inverse_distance(queries, references, unit)
        if self.shrinkage:
            shared = shared_features(queries, references)
            similarity *= shared.div_(shared + self.shrinkage)
        return similarity
