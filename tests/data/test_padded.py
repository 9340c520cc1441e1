import pickle

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal

from magnet_sklearn import MultiModalData
from magnet_sklearn.data import SetArray, TimedArray, as_sets, as_time_series
from magnet_sklearn.data._padded import is_ragged, same_length

NAN = np.nan


def test_a_list_of_arrays_is_sets_and_none_is_a_missing_patient():
    X = MultiModalData({"cells": [np.ones((2, 3)), None, np.zeros((0, 3))]})

    assert isinstance(X["cells"], SetArray)
    assert X["cells"].shape == (3, 2, 3)
    assert X.mask[:, 0].tolist() == [True, False, False]
    assert "2 x 3" in repr(X)
    assert "sets float64" in repr(X)


def test_sets_stay_sets_in_rows_copies_and_pickles():
    X = MultiModalData({"cells": [np.ones((2, 3)), None, np.ones((1, 3))]})

    for part in (X[[0, 2]], X[1:], X[0], pickle.loads(pickle.dumps(X))):
        assert isinstance(part["cells"], SetArray)
    assert MultiModalData(X)["cells"] is X["cells"]


def test_a_mask_says_which_places_have_an_element():
    block = as_sets(np.ones((2, 3, 1)), mask=[[True, False, True], [False] * 3])

    assert_array_equal(block[:, :, 0], [[1, NAN, 1], [NAN] * 3])


@pytest.mark.parametrize(
    ("values", "mask", "message"),
    [
        (np.ones((2, 3)), None, r"shape \(n_patients, n_places, n_features\), got"),
        (np.ones((2, 3, 1)), np.ones((2, 2)), r"mask has shape \(2, 2\), but there"),
        ([np.ones((2, 3))], [[True]], "A mask belongs to one array"),
        ([np.ones((2, 3)), np.ones((2, 4))], None, r"row 1 has shape \(2, 4\)"),
    ],
)
def test_sets_that_do_not_fit_are_errors(values, mask, message):
    with pytest.raises(ValueError, match=message):
        as_sets(values, mask)


def test_error_of_a_list_names_the_modality():
    with pytest.raises(ValueError, match="Modality 'cells': In sets, .* row 1"):
        MultiModalData({"cells": [np.ones((2, 3)), np.ones(3)]})


def test_series_of_arrays_with_ids_is_refused_as_ids_would_be_lost():
    cells = pd.Series([np.ones((2, 3))] * 2, index=["ann", "bob"])

    with pytest.raises(ValueError, match="'cells' is a Series of arrays with patient"):
        MultiModalData({"cells": cells})
    assert MultiModalData({"cells": cells.reset_index(drop=True)}).shape == (2, 1)


def test_time_series_are_sorted_by_time_and_empty_steps_come_last():
    values = np.array([[[1.0], [NAN], [3.0]], [[NAN], [NAN], [NAN]]])

    block = as_time_series(values, [[9.0, 1.0, 2.0], [0.0, 1.0, 2.0]])

    assert isinstance(block, TimedArray)
    assert_array_equal(block[0], [[2, 3], [9, 1], [NAN, NAN]])
    assert MultiModalData({"vitals": block}).mask[:, 0].tolist() == [True, False]


def test_times_of_all_patients_or_none_are_those_of_each():
    values = np.arange(6.0).reshape(1, 3, 2)

    assert_array_equal(as_time_series(values)[0, :, 0], [0, 1, 2])
    assert_array_equal(as_time_series(values, [5, 6, 8])[0, :, 0], [5, 6, 8])


@pytest.mark.parametrize(
    ("values", "times", "message"),
    [
        (np.ones((2, 3)), None, r"\(n_patients, n_steps, n_channels\), got \(2, 3\)"),
        (np.ones((2, 3, 1)), np.ones((2, 4)), r"times has shape \(2, 4\)"),
        (np.ones((1, 2, 1)), [[0.0, NAN]], r"row\(s\) \[0\] have no time"),
        ([np.ones((2, 1))], [[0.0]], r"times has \[1\] steps"),
    ],
)
def test_times_that_do_not_fit_are_errors(values, times, message):
    with pytest.raises(ValueError, match=message):
        as_time_series(values, times)


def test_arrays_and_lists_of_rows_are_no_sets():
    assert not is_ragged(np.ones((2, 3, 1)))
    assert not is_ragged([[1.0, 2.0], [3.0, 4.0]])
    assert not is_ragged(pd.Series([1.0, 2.0]))
    assert is_ragged([None, np.ones((2, 1))])


def test_blocks_are_padded_to_the_longest():
    blocks = [as_sets(np.ones((1, n, 2))) for n in (1, 3)]

    short, long = same_length(blocks)

    assert_array_equal(short[0, :, 0], [1, NAN, NAN])
    assert_array_equal(long, blocks[1])
    assert isinstance(short, SetArray)
