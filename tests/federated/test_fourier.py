import numpy as np
from numpy.testing import assert_allclose

from magnet_sklearn import MultiModalData
from magnet_sklearn.experts import Views
from magnet_sklearn.federated import FourierFamily


def test_products_of_features_approximate_the_gaussian_kernel():
    table = np.random.default_rng(0).normal(size=(20, 6))
    view = Views(MultiModalData({"rna": table}), ["rna"])[0]

    features = FourierFamily(n_components=20_000).features(view, 0).transform(view)

    squared = ((table[:, None] - table) ** 2).sum(axis=2)
    assert_allclose(features @ features.T / 9, np.exp(-squared / 12), atol=0.05)


def test_features_depend_on_seed_and_columns_only():
    first, second = (
        Views(MultiModalData({"rna": np.full((n, 3), 0.5)}), ["rna"])[0] for n in (2, 5)
    )

    features = [FourierFamily(n_components=4).features(v, 7) for v in (first, second)]

    assert_allclose(features[0].transform(first)[0], features[1].transform(second)[0])
