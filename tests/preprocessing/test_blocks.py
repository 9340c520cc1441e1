"""One modality's block as dense numbers."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from scipy import sparse

from magnet_sklearn.preprocessing._blocks import fit_block

ALL = np.ones(3, dtype=bool)


def test_scales_are_learned_from_observed_rows_only():
    block = np.array([[1.0], [3.0], [99.0]])

    fitted = fit_block(block, np.array([True, True, False]), np.array(["a"]))

    assert fitted.transform(block[:2], ALL[:2], impute=True).tolist() == [[-1], [1]]


def test_rows_that_are_not_observed_are_nan():
    block = np.array([[1.0], [3.0], [np.nan]])
    fitted = fit_block(block, ALL, np.array(["a"]))

    dense = fitted.transform(block, np.array([True, False, True]), impute=True)

    assert_array_equal(dense, [[-1.0], [np.nan], [0.0]])


def test_category_of_one_value_has_no_columns():
    frame = pd.DataFrame({"site": ["a"] * 3, "sex": ["f", "m", None], "n": [1.0, 2, 3]})

    fitted = fit_block(frame, ALL, frame.columns.to_numpy())

    assert fitted.category_sizes == [2]
    assert fitted.feature_names.tolist() == ["n", "sex_f", "sex_m"]
    assert fitted.input_names.tolist() == ["n", "sex", "sex"]


def test_block_without_variation_is_one_column_of_zeros_with_a_name():
    fitted = fit_block(np.ones((3, 2)), ALL, np.array(["a", "b"]))

    assert_array_equal(fitted.transform(np.ones((3, 2)), ALL, impute=True), [[0]] * 3)
    assert fitted.feature_names.tolist() == ["a"]


@pytest.mark.parametrize("kind", [np.asarray, pd.DataFrame, sparse.csr_array])
def test_block_is_not_written_to(kind):
    block = kind(np.eye(3))
    fitted = fit_block(block, ALL, np.array(["a", "b", "c"]))

    fitted.transform(block, ALL, impute=True)

    values = block.toarray() if sparse.issparse(block) else np.asarray(block)
    assert_array_equal(values, np.eye(3))


def test_images_without_holes_are_handed_on_as_they_are():
    images = np.ones((3, 1, 2, 2), dtype=np.float32)
    fitted = fit_block(images, ALL, None)

    assert fitted.transform(images, ALL, impute=True) is images
    assert fitted.category_sizes == []
    assert fitted.feature_names is None
