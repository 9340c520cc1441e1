"""Patients behind others."""

import numpy as np
from numpy.testing import assert_array_equal

from magnet_sklearn.data import stacked


def test_the_second_patients_stand_behind_the_first(make_data):
    first = make_data(rna=[[1.0], [np.nan]], dose=[[2.0], [3.0]], index=["a", "b"])
    second = make_data(rna=[[4.0]], dose=[[np.nan]], index=["c"])

    both = stacked(first, second)

    assert both.index.tolist() == ["a", "b", "c"]
    assert_array_equal(both["rna"], [[1.0], [np.nan], [4.0]])
    assert_array_equal(both.mask, [[True, True], [False, True], [True, False]])
