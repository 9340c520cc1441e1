"""PatientGraph: edges from references to queries."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class PatientGraph:
    """Directed edges from reference patients to similar queries.

    Parameters
    ----------
    neighbors : int64 ndarray of shape (n_queries, n_neighbors)
        Positions of each query's references, most similar first; -1 = none.
    similarity : float64 ndarray of shape (n_queries, n_neighbors)
        Similarities to these references, in (0, 1]; 0 where there is none.
    n_references : int
        Number of references that `neighbors` are positions of.

    Examples
    --------
    >>> import numpy as np
    >>> from magnet_sklearn.graph import PatientGraph
    >>> graph = PatientGraph(np.array([[1, -1]]), np.array([[0.5, 0.0]]), 2)
    >>> graph.edge_index.tolist(), graph.edge_weight.tolist()
    ([[1], [0]], [0.5])
    """

    neighbors: np.ndarray
    similarity: np.ndarray
    n_references: int

    @property
    def edge_index(self) -> np.ndarray:
        """Edges as int64 (2, n_edges): references above, queries below."""
        queries, ranks = np.nonzero(self.neighbors >= 0)
        return np.stack([self.neighbors[queries, ranks], queries])

    @property
    def edge_weight(self) -> np.ndarray:
        """Similarities as float64 (n_edges,), in the order of `edge_index`."""
        return self.similarity[self.neighbors >= 0]

    @property
    def isolated(self) -> np.ndarray:
        """Which queries have no edge, as bool (n_queries,)."""
        return np.all(self.neighbors < 0, axis=1)

    def of_queries(self, n_queries: int) -> "PatientGraph":
        """Return the edges to the first queries.

        Parameters
        ----------
        n_queries : int
            How many.

        Returns
        -------
        graph : PatientGraph
            With the same references.
        """
        neighbors, similarity = self.neighbors[:n_queries], self.similarity[:n_queries]
        return PatientGraph(neighbors, similarity, self.n_references)

    def among(self, rows: np.ndarray, n_patients: int) -> "PatientGraph":
        """Return the same edges, with neighbors as rows of all patients.

        Parameters
        ----------
        rows : int64 ndarray of shape (n_references,)
            Rows of the references among all patients.
        n_patients : int
            Number of all patients.

        Returns
        -------
        graph : PatientGraph
            The renumbered graph.
        """
        neighbors = np.where(self.neighbors < 0, -1, rows[self.neighbors])
        return PatientGraph(neighbors, self.similarity, n_patients)

    def part(
        self, queries: np.ndarray, references: np.ndarray, n_neighbors: int
    ) -> "PatientGraph":
        """Return the edges from some references to some queries.

        Parameters
        ----------
        queries : int64 ndarray of shape (n_some_queries,)
            Queries that are kept.
        references : int64 ndarray of shape (n_some_references,)
            References that are kept, each once.
        n_neighbors : int
            The nearest of these that are kept of each query.

        Returns
        -------
        graph : PatientGraph
            Its neighbors are positions in `references`.

        Examples
        --------
        >>> import numpy as np
        >>> from magnet_sklearn.graph import PatientGraph
        >>> graph = PatientGraph(np.array([[1, 2, 0]]), np.array([[0.9, 0.5, 0.1]]), 3)
        >>> graph.part(np.array([0]), np.array([0, 2]), 1).neighbors.tolist()
        [[1]]
        """
        place = np.full(self.n_references, -1)
        place[references] = np.arange(len(references))
        neighbors = self.neighbors[queries]
        neighbors = np.where(neighbors < 0, -1, place[neighbors])
        nearest = (neighbors < 0).argsort(axis=1, kind="stable")[:, :n_neighbors]
        neighbors = np.take_along_axis(neighbors, nearest, axis=1)
        similarity = np.take_along_axis(self.similarity[queries], nearest, axis=1)
        similarity = np.where(neighbors < 0, 0.0, similarity)
        return PatientGraph(neighbors, similarity, len(references))
