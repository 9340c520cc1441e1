"""Training patients whom kernels compare others with."""

import numpy as np
from numpy.testing import assert_array_equal

from magnet_sklearn.experts._landmarks import Landmarks
from magnet_sklearn.experts._views import Views


def make_views(make_data, n_patients, n_features):
    rng = np.random.default_rng(0)
    rna, protein = rng.normal(size=(2, n_patients, n_features))
    rna[rng.random(n_patients) < 0.4] = np.nan
    return Views(make_data(rna=rna, protein=protein), ["rna", "protein"])


def test_few_patients_are_all_landmarks_of_what_they_have(make_data):
    views = make_views(make_data, 20, 3)

    landmarks = Landmarks(views, 0)

    for modality in (0, 1):
        assert_array_equal(landmarks.tables[modality], views[modality].table)
    for view in views:
        assert_array_equal(landmarks.rows(view), np.arange(len(view)))


def test_landmarks_of_all_modalities_are_among_those_of_each(make_data):
    views = make_views(make_data, 800, 3)
    landmarks, joint = Landmarks(views, 0), views[2]

    n_landmarks, places = landmarks.of_view(joint)

    assert n_landmarks == 300
    patients = landmarks.rows(joint)
    for modality, has, rows in places:
        assert len(landmarks.tables[modality]) == 300
        table = np.nan_to_num(views.blocks[modality][patients])
        lacking = np.delete(np.arange(300), has)
        assert_array_equal(table[has], landmarks.tables[modality][rows])
        assert_array_equal(table[lacking], 0)


def test_the_seed_draws_landmarks(make_data):
    views = make_views(make_data, 800, 3)

    first, again, other = (Landmarks(views, seed).tables[0] for seed in (0, 0, 1))

    assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_wide_tables_are_kept_in_single_precision(make_data):
    narrow, wide = (
        Landmarks(make_views(make_data, 5, width), 0).tables[0]
        for width in (1000, 1001)
    )

    assert (narrow.dtype, wide.dtype) == (np.float64, np.float32)
