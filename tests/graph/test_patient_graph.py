"""PatientGraph: directed edges and their numbering."""

import numpy as np

from magnet_sklearn.graph import PatientGraph


def test_edges_point_from_references_to_queries():
    graph = PatientGraph(
        np.array([[2, 0], [-1, -1], [1, -1]]),
        np.array([[0.9, 0.8], [0.0, 0.0], [0.5, 0.0]]),
        n_references=3,
    )

    assert graph.edge_index.tolist() == [[2, 0, 1], [0, 0, 2]]
    assert graph.edge_weight.tolist() == [0.9, 0.8, 0.5]
    assert graph.isolated.tolist() == [False, True, False]


def test_edges_among_all_patients_keep_their_similarity():
    graph = PatientGraph(
        np.array([[1, 0], [1, -1]]), np.array([[0.9, 0.8], [0.5, 0]]), 2
    )

    among = graph.among(np.array([4, 7]), n_patients=9)

    assert among.neighbors.tolist() == [[7, 4], [7, -1]]
    assert among.similarity is graph.similarity
    assert among.n_references == 9


def test_edges_of_some_queries_keep_their_references():
    graph = PatientGraph(
        np.array([[1, 0], [1, -1]]), np.array([[0.9, 0.8], [0.5, 0]]), 2
    )

    first = graph.of_queries(1)

    assert first.neighbors.tolist() == [[1, 0]]
    assert first.similarity.tolist() == [[0.9, 0.8]]
    assert first.n_references == 2
