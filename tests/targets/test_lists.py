"""Lists of numbers that predictions are asked for."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal

from magnet_sklearn._targets import check_levels, check_times


@pytest.mark.parametrize("kind", [list, tuple, np.array, pd.Series])
def test_any_list_of_numbers_becomes_an_array_in_its_order(kind):
    assert_array_equal(check_levels(kind([0.9, 0.1])), [0.9, 0.1])
    assert check_times(kind([3, 1])).dtype == np.float64


@pytest.mark.parametrize("levels", [[0.0], [1.0], [-0.1, 0.5], [np.nan], 0.5, "half"])
def test_levels_outside_of_zero_to_one_are_shown(levels):
    with pytest.raises(ValueError, match="between 0 and 1; got") as caught:
        check_levels(levels)

    assert repr(levels) in str(caught.value)


@pytest.mark.parametrize("times", [[[1.0]], [1.0, np.nan], [1.0, None], ["soon"], 3])
def test_what_is_no_list_of_times_is_refused(times):
    with pytest.raises(ValueError, match="times must be a list of numbers, not NaN"):
        check_times(times)


def test_times_may_be_zero_negative_or_infinite():
    assert_array_equal(check_times([0, -1, np.inf]), [0, -1, np.inf])


def test_an_empty_list_stays_empty():
    assert len(check_levels([])) == len(check_times([])) == 0
