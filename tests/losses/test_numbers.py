"""Losses of numbers."""

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose
from sklearn.metrics import mean_pinball_loss

from magnet_sklearn.losses import NUMBER_LOSSES, NumberLoss


@pytest.mark.parametrize("error", list(NUMBER_LOSSES))
def test_baseline_is_the_best_constant(error):
    rng = np.random.default_rng(0)
    target, weight = rng.normal(size=(201, 1)), rng.uniform(1, 2, 201)
    loss = NumberLoss(error, quantile=0.9)

    def at(value):
        outputs = torch.full((201, 1), value)
        return loss(outputs, torch.tensor(target), torch.tensor(weight)).item()

    best = loss.baseline(target, weight)[0]
    if error != "huber":  # whose mean is only near the best
        assert at(best) <= min(at(best - 0.05), at(best + 0.05))


@pytest.mark.parametrize("level", [0.1, 0.5, 0.8])
def test_quantile_loss_is_twice_the_pinball_loss(level):
    rng = np.random.default_rng(0)
    target, outputs, weight = rng.normal(size=(3, 50))
    weight = weight**2

    loss = NumberLoss("quantile", level)(
        torch.tensor(outputs[:, None]),
        torch.tensor(target[:, None]),
        torch.tensor(weight),
    )

    pinball = mean_pinball_loss(target, outputs, alpha=level, sample_weight=weight)
    assert_allclose(loss, 2 * pinball)


def test_huber_is_squared_near_and_absolute_far():
    residual = torch.tensor([[0.5], [-3.0]])

    errors = NumberLoss("huber").error(residual[:, 0])

    assert_allclose(errors, [0.25, 2 * 3 - 1])


@pytest.mark.parametrize(("error", "level"), [("squared_error", 2), ("quantile", 1)])
def test_deviance_falls_by_its_power_times_the_log_of_the_scale(error, level):
    loss, outputs = NumberLoss(error), torch.tensor([[1.0], [-2.0], [3.0]])
    target, weight = torch.zeros(3, 1), torch.ones(3)

    change = loss.deviance(2 * outputs, target, weight)
    change = change - loss.deviance(outputs, target, weight)

    assert_allclose(change, 3 * np.log(2), rtol=1e-5)


def test_folds_are_stratified_by_fifths_of_the_target():
    target = np.random.default_rng(0).normal(size=(100, 1))

    labels = NumberLoss().fold_labels(target)

    assert_allclose(np.bincount(labels), 20)
    assert target[labels == 0].max() < target[labels == 1].min()


def test_unknown_error_is_refused_with_the_names_there_are():
    with pytest.raises(ValueError, match="'quantile'.*got 'pinball'"):
        NumberLoss("pinball")
