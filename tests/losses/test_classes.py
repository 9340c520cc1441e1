"""Loss of classes."""

import numpy as np
import torch
from numpy.testing import assert_allclose

from magnet_sklearn.losses import ClassLoss

OUTPUTS = torch.tensor([[0.0, 1.0], [2.0, 0.0], [0.5, 0.5]])
TARGET = torch.tensor([[0.0], [1.0], [1.0]])
WEIGHT = torch.tensor([1.0, 2.0, 0.5])


def test_deviance_is_the_weighted_sum_and_the_loss_its_mean():
    log_p = torch.log_softmax(OUTPUTS, dim=1)[range(3), [0, 1, 1]]

    loss = ClassLoss(2)

    expected = -(WEIGHT * log_p).sum()
    assert_allclose(loss.deviance(OUTPUTS, TARGET, WEIGHT), expected)
    assert_allclose(loss(OUTPUTS, TARGET, WEIGHT), expected / 3.5, rtol=1e-6)


def test_baseline_is_finite_for_a_class_without_patients():
    baseline = ClassLoss(3).baseline(TARGET.numpy(), np.ones(3))

    assert_allclose(np.exp(baseline), [1 / 3, 2 / 3, 0], atol=1e-9)
    assert np.isfinite(baseline).all()


def test_folds_are_stratified_by_the_classes():
    assert ClassLoss(2).fold_labels(TARGET.numpy()).tolist() == [0, 1, 1]
