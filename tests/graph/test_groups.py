"""Groups of patients who are never neighbours."""

import numpy as np
import pytest

from magnet_sklearn.graph import PatientGraphBuilder
from magnet_sklearn.graph._groups import group_codes


def test_patients_without_groups_are_a_group_each():
    assert group_codes(None, 3).tolist() == [0, 1, 2]


@pytest.mark.parametrize("kind", [str, float, object])
def test_equal_groups_have_equal_codes_whatever_their_type(kind):
    codes = group_codes(np.array([7, 1, 7, 2]).astype(kind), 4)

    assert codes[0] == codes[2]
    assert len(np.unique(codes)) == 3


def test_missing_group_is_an_error(make_data):
    X = make_data(rna=[[1.0], [2.0], [3.0]])

    with pytest.raises(ValueError, match=r"groups has missing values .* \[1\]"):
        PatientGraphBuilder().fit(X, groups=["a", None, "b"])
