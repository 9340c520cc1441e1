"""Logistic losses of several folds at once."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.optimize import approx_fprime

from magnet_sklearn.experts._logistic import LogisticLosses, minimise
from magnet_sklearn.experts._rotation import Rotation


def make_losses(n_classes):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(40, 3)), np.arange(40) % n_classes
    weight = rng.uniform(0.5, 2, size=40)
    in_fold = np.ones((3, 40))
    in_fold[0, :10] = in_fold[1, 25:] = 0
    losses = LogisticLosses(Rotation(X, weight), y, weight * in_fold, n_classes)
    return losses, rng.normal(size=losses.shape)


@pytest.mark.parametrize("n_classes", [2, 3])
def test_gradient_is_that_of_the_losses(n_classes):
    losses, beta = make_losses(n_classes)

    def total(values):
        return losses.losses(losses.logits(values.reshape(beta.shape)))[0].sum()

    found = losses.gradient(losses.losses(losses.logits(beta))[1])

    expected = approx_fprime(beta.ravel(), total)
    assert_allclose(found.ravel(), expected, atol=1e-4)


@pytest.mark.parametrize("n_classes", [2, 3])
def test_start_does_not_matter(n_classes):
    losses, beta = make_losses(n_classes)

    found = [minimise(losses, 0.5, start, tol=1e-8) for start in (beta, 0 * beta)]

    # all logits of a softmax may have the same intercept more
    found = [losses.losses(losses.logits(one))[1] for one in found]
    assert_allclose(*found, atol=1e-7)
