from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from scipy import sparse

from magnet_sklearn.data._blocks import (
    as_block,
    feature_names,
    observed_rows,
    take_or_missing,
)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_float_arrays_are_kept_without_a_copy(dtype):
    array = np.ones((3, 2), dtype=dtype)

    assert as_block("rna", array) is not None
    assert np.shares_memory(as_block("rna", array), array)
    assert as_block("rna", array).dtype == dtype


def test_memmap_stays_on_disk(tmp_path):
    array = np.memmap(tmp_path / "rna.dat", dtype=np.float32, mode="w+", shape=(4, 2))

    assert isinstance(as_block("rna", array), np.memmap)


@pytest.mark.parametrize(
    ("array", "expected"),
    [
        (np.ones((2, 2), dtype=np.int8), np.float64),
        (np.ones((2, 2), dtype=bool), np.float64),
        (np.ones((2, 2), dtype=np.float16), np.float32),
        (np.ones((2, 2), dtype=np.longdouble), np.float64),
        (np.ones((2, 2), dtype=">f8"), np.float64),
        (np.ones((2, 3, 3), dtype=np.uint8), np.float32),
        (np.ones((2, 3, 3), dtype=np.float64), np.float64),
    ],
)
def test_numbers_become_native_floats(array, expected):
    block = as_block("rna", array)

    assert block.dtype == expected
    assert block.dtype.isnative
    assert_array_equal(block, np.ones(array.shape))


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA])
def test_object_cells_that_are_numbers_become_floats(missing):
    array = np.array([[1, Decimal("2.5")], [True, missing]], dtype=object)

    assert_array_equal(as_block("rna", array), [[1.0, 2.5], [1.0, np.nan]])


def test_masked_cells_become_nan():
    array = np.ma.masked_array([[1, 2], [3, 4]], mask=[[0, 1], [0, 0]])

    assert_array_equal(as_block("rna", array), [[1, np.nan], [3, 4]])


@pytest.mark.parametrize(
    "value",
    [
        [[1.0, "high"]],
        np.array([[1.0, "high"]], dtype=object),
        [[1.0, 0.5], [2.0, "high"]],
    ],
)
def test_text_in_an_array_names_modality_column_and_value(value):
    message = r"'rna' has 'high' in column 1.*Pass a DataFrame to use categorical"
    with pytest.raises(ValueError, match=message):
        as_block("rna", value)


def test_a_cell_that_is_neither_number_nor_text_is_a_type_error():
    array = np.array([[{"a": 1}]], dtype=object)

    with pytest.raises(TypeError, match="argument must be a string or a number"):
        as_block("rna", array)


@pytest.mark.parametrize(
    "value",
    [
        np.ones((2, 2), dtype=complex),
        np.array([[1, 2j]], dtype=object),
        sparse.csr_array(np.ones((2, 2), dtype=complex)),
        pd.DataFrame({"a": [1j, 2j]}),
    ],
)
def test_complex_numbers_are_refused(value):
    with pytest.raises(ValueError, match=r"Complex data not supported.*'rna'"):
        as_block("rna", value)


@pytest.mark.parametrize(
    "value", [[1.0, 2.0], np.ones(3), [], sparse.coo_array(np.ones(3))]
)
def test_fewer_than_two_dimensions_are_refused_with_advice(value):
    with pytest.raises(ValueError, match=r"'rna' has . dimension.*reshape\(-1, 1\)"):
        as_block("rna", value)


@pytest.mark.parametrize("value", [None, "rna", 4.0, {"a": [1]}])
def test_what_is_no_table_is_a_type_error(value):
    message = f"'rna' is {type(value).__name__}, which is not a table. Pass an array"
    with pytest.raises(TypeError, match=message):
        as_block("rna", value)


def test_ragged_lists_are_refused_with_advice():
    with pytest.raises(ValueError, match="'rna' cannot be read.*differ in length"):
        as_block("rna", [[1.0, 2.0], [3.0]])


def test_dates_in_an_array_are_refused_with_advice():
    array = np.array([["2020-01-01"]], dtype="datetime64[D]")

    with pytest.raises(ValueError, match="'visit' has dtype datetime64.*days since"):
        as_block("visit", array)


def test_series_becomes_a_frame_of_one_column():
    named = as_block("clinical", pd.Series([1, 2], name="age"))
    unnamed = as_block("clinical", pd.Series([1, 2]))

    assert list(named.columns) == ["age"]
    assert list(unnamed.columns) == ["clinical"]


@pytest.mark.parametrize(
    "kind", [sparse.coo_matrix, sparse.csc_array, sparse.csr_array]
)
def test_sparse_input_becomes_csr_of_floats(kind):
    dense = np.array([[0, 2], [3, 0]], dtype=np.int64)

    block = as_block("rna", kind(dense))

    assert block.format == "csr"
    assert block.dtype == np.float64
    assert_array_equal(block.toarray(), dense)


def test_duplicate_entries_of_a_sparse_block_are_summed_in_a_copy():
    given = sparse.csr_array((np.array([1.0, 2.0]), [0, 0], [0, 2]), shape=(1, 2))

    block = as_block("rna", given)

    assert_array_equal(block.toarray(), [[3.0, 0.0]])
    assert given.nnz == 2


def test_a_row_is_observed_if_one_value_is_there():
    array = np.array([[np.nan, np.nan], [np.nan, 1.0], [1.0, 2.0]])
    text = pd.DataFrame({"sex": [None, "f", "m"], "age": [np.nan, np.nan, 1.0]})

    for block in (array, as_block("a", text), as_block("b", sparse.csr_array(array))):
        assert observed_rows(block).tolist() == [False, True, True]


def test_an_empty_sparse_row_is_observed_zeros():
    assert observed_rows(sparse.csr_array((2, 3))).tolist() == [True, True]


def test_rows_of_images_are_observed_in_chunks(monkeypatch):
    monkeypatch.setattr("magnet_sklearn.data._blocks._CHUNK_VALUES", 8)
    images = np.full((5, 2, 2), np.nan, dtype=np.float32)
    images[3, 1, 1] = 0.0

    assert observed_rows(images).tolist() == [False, False, False, True, False]


def _kinds():
    array = np.arange(6, dtype=np.float32).reshape(3, 2)
    return {
        "array": array,
        "images": np.arange(12.0).reshape(3, 2, 2),
        "csr_array": sparse.csr_array(array),
        "csr_matrix": sparse.csr_matrix(array),
        "frame": pd.DataFrame(array, index=list("xyz"), columns=["a", "b"]),
    }


@pytest.mark.parametrize("kind", list(_kinds()))
@pytest.mark.parametrize("positions", [[2, -1, 0, 0], [-1, -1], [1, 2], []])
def test_position_minus_one_gives_a_missing_row_in_every_kind(kind, positions):
    block = _kinds()[kind]
    positions = np.array(positions, dtype=np.intp)

    taken = take_or_missing(block, positions)

    def dense(b):
        return b.toarray() if sparse.issparse(b) else np.asarray(b)

    expected = dense(block)[positions].astype(float)
    expected[positions < 0] = np.nan
    assert type(taken) is type(block)
    assert_array_equal(dense(taken), expected)


def test_missing_rows_keep_the_dtypes_of_a_frame():
    frame = pd.DataFrame(
        {"sex": pd.Categorical(["f", "m"]), "age": np.array([1, 2], dtype=np.float32)}
    )

    taken = take_or_missing(frame, np.array([1, -1]))

    assert list(taken.dtypes) == list(frame.dtypes)


def test_feature_names_count_the_columns_of_arrays():
    assert feature_names("rna", np.ones((1, 2))).tolist() == ["rna_0", "rna_1"]
    assert feature_names("rna", np.ones((1, 2, 2))) is None
