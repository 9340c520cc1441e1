import numpy as np
import torch

from magnet_sklearn.nn import FeatureEdges


def make_edges():
    pairs = np.array([[2, 0], [1, 2]])
    return FeatureEdges.from_pairs(pairs, np.array([0.5, -1.0]), np.array([0, 1]), 4)


def test_pairs_become_edges_in_both_directions_sorted_by_target():
    edges = make_edges()

    assert len(edges) == 4
    assert edges.target.tolist() == [0, 1, 2, 2]
    assert edges.source.tolist() == [2, 2, 0, 1]
    assert edges.weight.tolist() == [0.5, -1.0, 0.5, -1.0]
    assert edges.relation.tolist() == [0, 1, 0, 1]


def test_weights_take_the_dtype_they_are_moved_to_and_nodes_do_not():
    edges = make_edges().to(torch.ones(1, dtype=torch.float32))

    assert edges.weight.dtype == torch.float32
    assert edges.source.dtype == torch.int64


def test_an_edge_is_left_out_in_both_directions_and_of_one_relation_only():
    edges = make_edges()
    assert edges.without(0, 2, 0).source.tolist() == [2, 1]
    assert len(edges.without(0, 2, 1)) == 4
    assert len(edges) == 4
