"""Radial basis functions of a view."""

import numpy as np
from numpy.testing import assert_allclose
from sklearn.kernel_approximation import Nystroem

from magnet_sklearn.experts.families._kernel import _KERNEL_SCALE, KernelFamily


def test_features_are_the_scaled_ones_of_scikit_learn():
    train, queries = np.random.default_rng(0).normal(size=(2, 40, 5))
    reference = Nystroem(gamma=0.1, n_components=40, random_state=0).fit(train)

    features = KernelFamily().features(train, random_state=0).transform(queries)

    assert_allclose(features, _KERNEL_SCALE * reference.transform(queries), atol=1e-9)


def test_features_are_no_more_than_the_landmarks():
    table = np.random.default_rng(0).normal(size=(400, 3))

    assert KernelFamily().features(table, 0).transform(table[:7]).shape == (7, 300)
