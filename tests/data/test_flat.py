import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from scipy import sparse

from magnet_sklearn.data._flat import split_columns

TABLE = np.arange(8.0).reshape(2, 4)
FRAME = pd.DataFrame(TABLE, columns=list("abcd"))


@pytest.mark.parametrize("X", [TABLE, TABLE.tolist(), sparse.coo_array(TABLE), FRAME])
@pytest.mark.parametrize(
    "key", [slice(1, 3), [1, 2], [-3, -2], np.array([False, True, True, False])]
)
def test_columns_are_given_as_slice_positions_or_mask(X, key):
    blocks = split_columns(X, {"rna": key, "rest": [0, 3]})

    values = blocks["rna"].toarray() if sparse.issparse(X) else blocks["rna"]
    assert_array_equal(np.asarray(values), TABLE[:, 1:3])


@pytest.mark.parametrize(
    "key", [["c", "b"], pd.Index(["c", "b"]), np.array(["c", "b"])]
)
def test_columns_of_a_frame_are_given_by_name_in_any_order(key):
    blocks = split_columns(FRAME, {"rna": key, "rest": ["a", "d"]})

    assert list(blocks["rna"].columns) == ["c", "b"]


def test_one_column_needs_no_list():
    blocks = split_columns(FRAME, {"age": "a", "rna": [1, 2], "b": 3})

    assert list(blocks["age"].columns) == ["a"]
    assert list(blocks["b"].columns) == ["d"]


def test_columns_in_no_modality_are_listed():
    X = np.zeros((1, 9))

    with pytest.raises(ValueError, match=r"7 .* in no modality: 2, 3, 4, 5, 6, \.\.\."):
        split_columns(X, {"rna": [0, 1]})


def test_a_column_in_two_modalities_is_named_with_both():
    with pytest.raises(ValueError, match="'b' is listed twice.*in 'rna' and in 'age'"):
        split_columns(FRAME, {"rna": [0, 1], "age": ["b", "c", "d"]})


def test_positions_out_of_range_are_refused():
    message = r"`modalities`\['rna'\] has column\(s\) 4, but X has only 4 columns"
    with pytest.raises(ValueError, match=message):
        split_columns(TABLE, {"rna": [0, 4]})


def test_a_mask_of_another_length_is_refused():
    with pytest.raises(ValueError, match="mask of 2 values, but X has 4 columns"):
        split_columns(TABLE, {"rna": [True, False]})


def test_unknown_names_are_refused_with_a_suggestion():
    frame = pd.DataFrame({"tp53": [1.0]})

    with pytest.raises(ValueError, match="does not have: 'tp35'. Did you mean 'tp53'"):
        split_columns(frame, {"rna": ["tp35"]})


def test_names_need_a_frame():
    with pytest.raises(ValueError, match="names columns.*X has no column names"):
        split_columns(TABLE, {"rna": ["a"]})


def test_names_need_unique_columns():
    frame = pd.DataFrame([[1, 2]], columns=["a", "a"])

    with pytest.raises(ValueError, match="duplicate column names: 'a'"):
        split_columns(frame, {"rna": ["a"]})


@pytest.mark.parametrize("key", [slice("a", "c"), [[0]], None, [1.5], len])
def test_other_forms_of_columns_are_type_errors(key):
    with pytest.raises(TypeError, match=r"`modalities`\['rna'\] must be a slice"):
        split_columns(FRAME, {"rna": key})


def test_modalities_must_be_a_mapping():
    with pytest.raises(TypeError, match="`modalities` must be a dict.*got list"):
        split_columns(TABLE, [slice(0, 4)])


def test_only_tables_of_two_dimensions_can_be_cut():
    with pytest.raises(ValueError, match=r"X has shape \(3,\).*Reshape your data"):
        split_columns(np.zeros(3), {"rna": [0]})


def test_text_beside_numbers_stays_text():
    blocks = split_columns([[1.0, "f"]], {"age": [0], "sex": [1]})

    assert blocks["sex"].tolist() == [["f"]]
    assert blocks["age"].tolist() == [[1.0]]
