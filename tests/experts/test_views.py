"""Views: each modality, and all of them side by side."""

import numpy as np
from numpy.testing import assert_array_equal

from magnet_sklearn.experts._views import Views


def test_several_modalities_have_their_concatenation_as_last_view(make_data):
    X = make_data(rna=[[1.0, 2.0], [np.nan, np.nan]], protein=[[3.0], [4.0]])
    views = Views().fit(X)

    tables = views.tables(X)

    assert views.names_ == ["rna", "protein", None]
    assert_array_equal(tables[2][0], [[1, 2, 3], [0, 0, 4]])
    assert [seen.tolist() for _, seen in tables] == [
        [True, False],
        [True, True],
        [True, True],
    ]


def test_a_single_modality_is_the_only_view(make_data):
    assert Views().fit(make_data(rna=[[1.0]])).names_ == ["rna"]


def test_images_are_no_view(make_data):
    X = make_data(rna=[[1.0]], scan=np.zeros((1, 2, 2)))

    assert Views().fit(X).names_ == ["rna"]
