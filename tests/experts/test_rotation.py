"""Principal axes of the patients."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from magnet_sklearn.experts._rotation import Rotation


@pytest.mark.parametrize("n_features", [4, 30])  # fewer and more than patients
def test_nothing_of_the_patients_is_lost(n_features):
    rng = np.random.default_rng(0)
    X, weight = rng.normal(size=(12, n_features)), rng.uniform(0.5, 2, 12)

    rotation = Rotation(X, weight)

    n_axes = len(rotation.scatter)
    assert_allclose(rotation.axes.T @ rotation.axes, np.eye(n_axes), atol=1e-10)
    assert_allclose(rotation.scores @ rotation.axes.T, X - rotation.mean, atol=1e-10)
    products = (rotation.scores * weight[:, None]).T @ rotation.scores
    assert_allclose(products, np.diag(rotation.scatter), atol=1e-10)
    assert n_axes == min(n_features, 11)
