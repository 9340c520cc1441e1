"""Exact nearest references, tile by tile."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from magnet_sklearn.graph._neighbors import nearest_references
from magnet_sklearn.graph._vectors import PatientVectors, masked_cosine


def vectors(values):
    values = np.asarray(values, dtype=float)
    mask = np.ones((len(values), 1), dtype=bool)
    return PatientVectors.from_blocks(values, mask, [values.shape[1]], "cpu")


@pytest.mark.parametrize("chunk_size", [1, 2, 5, 100])
def test_most_similar_come_first_and_ties_by_position(chunk_size):
    references = vectors([[1, 1], [1, 0], [0, 1], [1, 0], [1, 1], [-1, 0]])

    neighbors, similarity = nearest_references(
        vectors([[1, 0]]), references, masked_cosine, 5, chunk_size
    )

    assert_array_equal(neighbors, [[1, 3, 0, 4, -1]])
    assert_array_equal(similarity.round(3), [[1, 1, 0.707, 0.707, 0]])


@pytest.mark.parametrize("chunk_size", [1, 3, 100])
def test_of_many_equal_references_the_first_are_taken(chunk_size):
    references = vectors([[1, 0]] * 50)

    neighbors, _ = nearest_references(
        references, references, masked_cosine, 3, chunk_size, (np.arange(50),) * 2
    )

    assert_array_equal(neighbors[[0, 1, 40]], [[1, 2, 3], [0, 2, 3], [0, 1, 2]])


def test_own_group_is_left_out():
    references = vectors([[1, 0], [1, 0], [1, 0], [1, 0]])

    neighbors, _ = nearest_references(
        references, references, masked_cosine, 2, 10, (np.array([0, 0, 1, 1]),) * 2
    )

    assert_array_equal(neighbors, [[2, 3], [2, 3], [0, 1], [0, 1]])
