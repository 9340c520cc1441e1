"""What a graph looks like, in numbers."""

import numpy as np
import pytest
from scipy.stats import skew

from magnet_sklearn.graph._summary import graph_summary, share_found

NEIGHBORS = np.array([[1, 2], [0, -1], [0, 1], [-1, -1]])


def test_degrees_hubs_and_isolated_patients_are_counted():
    summary = graph_summary(NEIGHBORS, np.arange(4))

    assert summary["n_references"] == 4
    assert summary["n_neighbors"] == 2
    assert summary["mean_degree"] == 1.25
    assert summary["isolated_share"] == 0.25
    assert summary["in_degree_skew"] == pytest.approx(skew([2, 2, 1, 0]))


@pytest.mark.parametrize("kind", [str, int, float, object])
def test_share_of_edges_within_a_class_stands_beside_that_of_all_pairs(kind):
    y = np.array(["1", "1", "2", "2"]).astype(kind)

    summary = graph_summary(NEIGHBORS, np.arange(4), y)

    assert summary["label_homophily"] == pytest.approx(2 / 5)
    assert summary["label_homophily_chance"] == pytest.approx(4 / 12)


@pytest.mark.parametrize(
    "y",
    [
        np.array([0.5, 1.0, 2.0, 3.0]),
        np.zeros((4, 2)),
        np.zeros(4, dtype=[("event", bool), ("time", float)]),
        np.array([0.0, 1.0, np.nan, 1.0]),
        None,
    ],
    ids=["numbers", "several outputs", "survival", "missing", "none"],
)
def test_targets_that_are_no_classes_have_no_homophily(y):
    assert "label_homophily" not in graph_summary(NEIGHBORS, np.arange(4), y)


def test_graph_without_edges_has_undefined_homophily():
    summary = graph_summary(np.full((3, 2), -1), np.arange(3), [0, 1, 1])

    assert np.isnan(summary["label_homophily"])
    assert summary["in_degree_skew"] == 0.0


def test_share_found_counts_the_exact_neighbours_that_are_there():
    exact = np.array([[1, 2], [0, -1]])

    assert share_found(np.array([[2, 3], [0, 5]]), exact) == pytest.approx(2 / 3)
    assert share_found(exact, exact) == 1.0
    assert share_found(exact, np.full((2, 2), -1)) == 1.0
