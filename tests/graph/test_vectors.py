"""Patients as zero-filled vectors, and similarities of all pairs."""

import itertools

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse

from magnet_sklearn.graph import PatientGraphBuilder
from magnet_sklearn.graph._vectors import (
    PatientVectors,
    inverse_distance,
    masked_cosine,
    numeric_table,
    shared_features,
)

WIDTHS = [3, 2]
COLUMN_OWNER = np.repeat([0, 1], WIDTHS)


@pytest.fixture
def patients():
    """Six patients in all patterns, and their plain values and mask."""
    rng = np.random.default_rng(0)
    mask = np.array([[1, 1], [1, 1], [1, 0], [0, 1], [0, 0], [1, 0]], dtype=bool)
    # whole numbers, as the coordinates of patients are
    values = rng.integers(-99, 99, size=(6, 5)) * mask[:, COLUMN_OWNER]
    return PatientVectors.from_blocks(values, mask, WIDTHS, "cpu"), values, mask


def over_pairs(values, mask, compare):
    """Compare each pair over the features that both have; 0 without any."""
    result = np.zeros((len(values), len(values)))
    for i, j in itertools.product(range(len(values)), repeat=2):
        both = (mask[i] & mask[j])[COLUMN_OWNER]
        if both.any():
            result[i, j] = compare(values[i, both], values[j, both])
    return result


def test_cosine_equals_a_loop_over_pairs(patients):
    vectors, values, mask = patients

    expected = over_pairs(values, mask, lambda a, b: a @ b / np.sqrt((a @ a) * (b @ b)))

    assert_allclose(masked_cosine(vectors, vectors), expected, atol=1e-12)


def test_inverse_distance_equals_a_loop_over_pairs(patients):
    vectors, values, mask = patients

    expected = over_pairs(
        values, mask, lambda a, b: 1 / (1 + 0.5 * np.sqrt(np.mean((a - b) ** 2)))
    )

    assert_allclose(inverse_distance(vectors, vectors, 0.5), expected, atol=1e-7)


def test_shared_features_are_those_of_the_modalities_both_have(patients):
    vectors, values, mask = patients

    expected = over_pairs(values, mask, lambda a, b: len(a))

    assert_array_equal(shared_features(vectors, vectors), expected)


def test_some_patients_are_rows_of_all(patients):
    vectors, values, mask = patients

    some = vectors[2:4]

    assert len(some) == 2
    assert_array_equal(some.values, values[2:4])
    assert_array_equal(some.mask, mask[2:4])


@pytest.mark.parametrize("kind", [np.asarray, pd.DataFrame, sparse.csr_array])
def test_table_is_a_copy_whatever_the_block(kind):
    block = kind(np.eye(3))

    table = numeric_table(block, "rna")
    table[:] = 7.0

    assert_array_equal(numeric_table(block, "rna"), np.eye(3))


def test_categorical_block_is_an_error(make_data):
    X = make_data(clinical=pd.DataFrame({"sex": ["f", "m"]}))

    with pytest.raises(ValueError, match="DefaultPreprocessor first"):
        PatientGraphBuilder().fit(X)
