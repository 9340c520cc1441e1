"""The transductive patient graph of the published method, for comparison only."""

from typing import Any

import numpy as np

from magnet_sklearn.data import check_multimodal
from magnet_sklearn.graph._similarity import masked_cosine_similarity


def published_patient_graph(
    X: Any, *, is_test: Any = None, sparse_rate: float = 0.8
) -> tuple[np.ndarray, np.ndarray]:
    """Patient graph of the MAGNET paper, for parity tests and benchmarks.

    Similarity is the absolute cosine over shared modalities. Training patients are
    linked among themselves, test patients among themselves, never across. In each
    of these two sets, similarities below the `sparse_rate` quantile of all pairs are
    cut, and a patient left without an edge keeps the one to the most similar patient.

    This graph is not for prediction: the edges of a test patient depend on which
    other patients are tested together, and the cut is learned from them. It also
    holds a dense matrix. `PatientGraphBuilder` has neither fault.

    Parameters
    ----------
    X : MultiModalData of shape (n_patients, n_modalities)
        Training and test patients; missing cells inside an observed block count 0.
    is_test : bool array-like of shape (n_patients,), default=None
        Which patients are test patients. If None, all are training patients.
    sparse_rate : float, default=0.8
        Share of the pairs of a set, self-pairs included, that lie below the cut;
        in [0, 1).

    Returns
    -------
    edge_index : int64 ndarray of shape (2, n_edges)
        Undirected edges, each in both directions, sorted.
    edge_weight : float64 ndarray of shape (n_edges,)
        Similarities of these edges.

    Raises
    ------
    ValueError
        If `sparse_rate` is not in [0, 1) or `is_test` is not one bool per patient.

    References
    ----------
    Tabakhi and Lu, "Missing-Modality-Aware Graph Neural Network for Cancer
    Classification", arXiv:2506.22901.

    Examples
    --------
    >>> from magnet_sklearn import MultiModalData
    >>> from magnet_sklearn.graph import published_patient_graph
    >>> X = MultiModalData({"rna": [[1.0, 0.0], [2.0, 0.0], [1.0, 1.0]]})
    >>> edge_index, edge_weight = published_patient_graph(X)
    >>> edge_index.tolist()
    [[0, 0, 1, 2], [1, 2, 0, 0]]
    >>> edge_weight.round(2).tolist()
    [1.0, 0.71, 1.0, 0.71]
    """
    X = check_multimodal(X)
    is_test = _check_is_test(is_test, len(X))
    if not 0 <= sparse_rate < 1:
        raise ValueError(f"sparse_rate must be in [0, 1), got {sparse_rate!r}.")
    found = []
    for members in (np.flatnonzero(~is_test), np.flatnonzero(is_test)):
        if len(members):
            similarity = np.abs(masked_cosine_similarity(X[members]))
            adjacency = _sparsified(similarity, sparse_rate)
            edges = np.nonzero(adjacency)
            found.append((members[np.stack(edges)], adjacency[edges]))
    edge_index = np.concatenate([edges for edges, _ in found], axis=1)
    edge_weight = np.concatenate([weights for _, weights in found])
    order = np.lexsort(edge_index[::-1])
    return edge_index[:, order], edge_weight[order]


def _sparsified(similarity: np.ndarray, sparse_rate: float) -> np.ndarray:
    # Both directions of a pair must fall on the same side of the cut, which a last
    # digit decides where the pair itself is the quantile; there are no self-loops.
    similarity = np.triu(similarity, k=1)
    similarity += similarity.T
    cut = int(sparse_rate * similarity.size)
    threshold = np.partition(similarity, cut, axis=None)[cut]
    adjacency = np.where(similarity < threshold, 0.0, similarity)
    for patient in np.flatnonzero(~adjacency.any(axis=1)):
        # An edge given to an earlier patient may have ended here.
        if not adjacency[patient].any():
            nearest = similarity[patient].argmax()
            weight = similarity[patient, nearest]
            adjacency[patient, nearest] = adjacency[nearest, patient] = weight
    return adjacency


def _check_is_test(is_test: Any, n_patients: int) -> np.ndarray:
    if is_test is None:
        return np.zeros(n_patients, dtype=bool)
    is_test = np.asarray(is_test)
    if is_test.dtype != bool or is_test.shape != (n_patients,):
        raise ValueError(
            f"is_test must be a bool array of shape ({n_patients},), got "
            f"{is_test.dtype} of shape {is_test.shape}. Pass a mask, not positions."
        )
    return is_test
