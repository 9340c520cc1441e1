"""What losses of survival times have in common."""

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose

from magnet_sklearn.losses import CoxLoss, DiscreteTimeLoss

LOSSES = [CoxLoss(), DiscreteTimeLoss([2.0, 4.0])]


@pytest.mark.parametrize("loss", LOSSES)
def test_loss_is_the_deviance_per_event(loss, make_survival):
    target, weight, _ = map(torch.tensor, make_survival(30, 0))
    outputs = torch.randn(30, loss.n_outputs, dtype=torch.float64)

    per_event = loss.deviance(outputs, target, weight) / (weight * target[:, 2]).sum()

    assert_allclose(loss(outputs, target, weight), per_event)


@pytest.mark.parametrize("loss", LOSSES)
def test_patient_without_a_time_is_unlabelled_whatever_the_entry(loss):
    target = np.array([[-np.inf, 1.0, 0.0, 0.0], [0.0, np.nan, np.nan, 0.0]])

    assert loss.labelled(target).tolist() == [True, False]


@pytest.mark.parametrize("loss", LOSSES)
def test_folds_are_stratified_by_the_event(loss, make_survival):
    target, _, _ = make_survival(30, 0)

    assert loss.fold_labels(target).tolist() == target[:, 2].tolist()
