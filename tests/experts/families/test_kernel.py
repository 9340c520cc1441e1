"""Radial basis functions of a view."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.kernel_approximation import Nystroem

from magnet_sklearn import MultiModalData
from magnet_sklearn.experts import ModalityExperts, NumberEvidence
from magnet_sklearn.experts._views import Views
from magnet_sklearn.experts.families._kernel import _KERNEL_SCALE, KernelFamily


@pytest.mark.parametrize(("n_columns", "atol"), [(5, 1e-9), (3000, 5e-6)])
def test_products_of_features_are_the_scaled_ones_of_scikit_learn(
    n_columns, atol, view_of
):
    table = np.random.default_rng(0).normal(size=(40, n_columns))
    reference = Nystroem(gamma=0.5 / n_columns, n_components=40, random_state=0)
    expected = _KERNEL_SCALE * reference.fit_transform(table)
    view = view_of(table)

    features = KernelFamily().features(view, 0).of_training(view)

    assert_allclose(features @ features.T, expected @ expected.T, atol=atol)


def test_features_are_no_more_than_the_landmarks(view_of):
    view = view_of(np.random.default_rng(0).normal(size=(400, 3)))
    features = KernelFamily().features(view, 0)

    assert features.of_training(view).shape == (400, 300)
    assert features.transform(view).shape == (400, 300)


def test_missing_modalities_count_as_zeros_in_distances():
    rng = np.random.default_rng(0)
    rna, protein = rng.normal(size=(2, 30, 4))
    rna[:10], protein[20:] = np.nan, np.nan
    views = Views(MultiModalData({"rna": rna, "protein": protein}), ["rna", "protein"])
    table = np.nan_to_num(np.hstack([rna, protein]))

    similarity = KernelFamily().features(views[2], 0).transform(views[2])

    squared = ((table[:, None] - table[None]) ** 2).sum(axis=2)
    assert_allclose(similarity, np.exp(-squared / 16), atol=1e-12)


def test_fitted_experts_take_similarities_in_place_of_features(view_of):
    rng = np.random.default_rng(0)
    view, y = view_of(rng.normal(size=(50, 4))), rng.normal(size=50)
    family = KernelFamily()
    features, expert = family.features(view, 0), family.expert("numbers", 0)
    table = features.of_training(view)
    family.cross_fit(expert, table, y, np.ones(50), [])
    expected = expert.predict(table)

    features.finish(expert, view)

    assert_allclose(expert.predict(features.transform(view)), expected, atol=1e-9)


def test_views_share_the_rows_of_their_landmarks():
    rng = np.random.default_rng(0)
    X = MultiModalData(
        {"rna": rng.normal(size=(40, 60)), "dna": rng.normal(size=(40, 9))}
    )
    experts = ModalityExperts("kernel", evidence=NumberEvidence(), random_state=0)

    experts.fit(X, y := X["rna"][:, 0], fold_labels=y > 0)

    assert sum(table.nbytes for table in experts._landmarks.tables) == 40 * 69 * 8
    for features in experts._features.values():
        arrays = [
            value for value in vars(features).values() if hasattr(value, "nbytes")
        ]
        assert not arrays
