"""Views: each modality, and all of them side by side."""

import numpy as np
from numpy.testing import assert_array_equal

from magnet_sklearn.experts._views import view_tables


def test_several_modalities_have_their_concatenation_as_last_view(make_data):
    X = make_data(rna=[[1.0, 2.0], [np.nan, np.nan]], protein=[[3.0], [4.0]])

    tables = view_tables(X, ["rna", "protein"])

    assert_array_equal(tables[2][0], [[1, 2, 3], [0, 0, 4]])
    observed = [seen.tolist() for _, seen in tables]
    assert observed == [[True, False], [True, True], [True, True]]


def test_views_are_those_of_the_named_modalities_alone(make_data):
    X = make_data(rna=[[1.0]], scan=np.zeros((1, 2, 2)), protein=[[np.nan]])

    ((table, seen),) = view_tables(X, ["protein"])

    assert_array_equal(table, [[0.0]])
    assert not seen.any()
