"""Views: each modality, and all of them side by side."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from magnet_sklearn.experts._landmarks import Landmarks
from magnet_sklearn.experts._views import Views


@pytest.fixture
def views(make_data):
    """Two modalities with missing blocks; the second is wider than a chunk."""
    rng = np.random.default_rng(0)
    rna, protein = rng.normal(size=(12, 3)), rng.normal(size=(12, 2500))
    rna[:4], protein[6:9], rna[8] = np.nan, np.nan, np.nan
    return Views(make_data(rna=rna, protein=protein), ["rna", "protein"])


def test_several_modalities_have_their_concatenation_as_last_view(make_data):
    X = make_data(rna=[[1.0, 2.0], [np.nan, np.nan]], protein=[[3.0], [4.0]])

    views = list(Views(X, ["rna", "protein"]))

    assert_array_equal(views[2].table, [[1, 2, 3], [0, 0, 4]])
    seen = [view.seen.tolist() for view in views]
    assert seen == [[True, False], [True, True], [True, True]]


def test_views_are_those_of_the_named_modalities_alone(make_data):
    X = make_data(rna=[[1.0]], scan=np.zeros((1, 2, 2)), protein=[[np.nan]])

    (view,) = Views(X, ["protein"])

    assert view.table.shape == (0, 1)
    assert not view.seen.any()


def test_missing_cells_of_a_modality_count_as_the_mean(make_data):
    (view,) = Views(make_data(rna=[[1.0, np.nan], [2.0, 3.0]]), ["rna"])

    assert_array_equal(view.table, [[1, 0], [2, 3]])
    assert_array_equal(view.gram, [[1, 2], [2, 13]])


def test_gram_is_the_products_of_all_pairs_of_patients(views):
    for view in views:
        assert_allclose(view.gram, view.table @ view.table.T, atol=1e-9)
    assert len(views[2]) == 11  # the ninth patient has nothing


def test_weights_of_columns_are_those_of_patients(views):
    for view in views:
        of_patients = np.random.default_rng(1).normal(size=(2, len(view)))

        weights = view.weights(of_patients)

        assert_allclose(weights, of_patients @ view.table, atol=1e-9)
        assert_allclose(view.weights(of_patients[0]), weights[0])


def test_products_with_landmarks_are_those_of_the_tables(views):
    views.landmarks = Landmarks(views, 0)

    for modality in (0, 1):
        squares, products = views.to_landmarks(modality)

        table = views[modality].table
        assert_allclose(squares, (table**2).sum(axis=1))
        expected = table @ views.landmarks.tables[modality].T
        assert_allclose(products, expected, atol=1e-3)
