import numpy as np
import pandas as pd
import pytest

from magnet_sklearn.data._rows import as_rows


@pytest.mark.parametrize("wrap", [np.asarray, list, pd.Series])
def test_boolean_keys_select_by_position(wrap):
    assert as_rows(wrap([True, False, True]), 3).tolist() == [0, 2]


def test_boolean_series_with_missing_dtype_selects_by_position():
    key = pd.Series([True, False], dtype="boolean", index=["p", "q"])

    assert as_rows(key, 2).tolist() == [0]


def test_an_empty_list_selects_no_row():
    assert as_rows([], 3).tolist() == []


@pytest.mark.parametrize("key", [1, -2, np.int64(1), (1, ...), (1, slice(None))])
def test_an_integer_selects_one_row_and_keeps_dimensions(key):
    assert as_rows(key, 3) == slice(1, 2)


def test_an_ellipsis_selects_all_rows():
    assert as_rows(..., 3) == slice(None)


@pytest.mark.parametrize("key", [3, -4, [0, 3], [-4]])
def test_positions_out_of_bounds_are_refused(key):
    with pytest.raises(IndexError, match=r"out of bounds: there are 3 patients"):
        as_rows(key, 3)


def test_a_boolean_key_of_another_length_is_refused():
    with pytest.raises(IndexError, match="boolean key has 2 values for 3 patients"):
        as_rows([True, False], 3)


@pytest.mark.parametrize(
    "key", [None, True, 1.5, ["rna"], [[0, 1]], (0, 1), (0, ..., ...), ()]
)
def test_other_keys_are_type_errors_with_advice(key):
    with pytest.raises(TypeError, match="Use an integer, a slice"):
        as_rows(key, 3)
