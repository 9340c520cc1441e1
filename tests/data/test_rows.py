import numpy as np
import pandas as pd
import pytest

from magnet_sklearn.data._rows import as_rows, rows_of_ids


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


@pytest.mark.parametrize("key", [["p0"], np.array(["p0", "p1"]), pd.Series(["rna"])])
def test_ids_between_the_brackets_are_refused_with_loc(key):
    with pytest.raises(TypeError, match=r"holds text such as '.*X\.loc\[ids\]"):
        as_rows(key, 3)


IDS = pd.Index(["p", "q", "r"])


@pytest.mark.parametrize(
    ("key", "rows"),
    [
        ("q", [1]),
        (["r", "p"], [2, 0]),
        (np.array(["q", "q"]), [1, 1]),
        (pd.Series(["r"]), [2]),
        (pd.Index(["p", "r"]), [0, 2]),
        ([], []),
        ([True, False, True], [0, 2]),
        (pd.Series([False, True, False], index=IDS), [1]),
        (slice(None), [0, 1, 2]),
    ],
)
def test_ids_become_positions_in_their_order(key, rows):
    assert rows_of_ids(key, IDS).tolist() == rows


def test_an_id_that_repeats_gives_all_its_rows():
    assert rows_of_ids(["p"], pd.Index(["p", "q", "p"])).tolist() == [0, 2]


def test_ids_of_several_levels_are_tuples():
    index = pd.MultiIndex.from_tuples([("a", 1), ("b", 1)])

    assert rows_of_ids(("b", 1), index).tolist() == [1]
    assert rows_of_ids([("b", 1), ("a", 1)], index).tolist() == [1, 0]


def test_numbers_are_ids_and_not_positions():
    assert rows_of_ids([30, 10], pd.Index([10, 20, 30])).tolist() == [2, 0]


def test_unknown_ids_are_named_five_at_most():
    message = "6 patient id.* unknown: 'A', 'b', 'c', 'd', 'e', .... There are 'a1'"
    with pytest.raises(KeyError, match=message):
        rows_of_ids(["A", *"bcdef"], pd.Index(["a1", "x1"]))


def test_numbers_beside_ids_of_text_are_pointed_out():
    with pytest.raises(KeyError, match=r"The ids of these patients are text: '1', '2'"):
        rows_of_ids([1], pd.Index(["1", "2"]))


def test_slices_of_ids_are_refused():
    with pytest.raises(TypeError, match=r"not a slice.*X\[start:stop\]"):
        rows_of_ids(slice("p", "q"), IDS)
