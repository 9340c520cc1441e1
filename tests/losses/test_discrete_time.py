"""Discrete-time loss against a slow loop."""

import numpy as np
import torch
from numpy.testing import assert_allclose

from magnet_sklearn.losses import DiscreteTimeLoss


def test_discrete_deviance_equals_a_loop_over_intervals(make_survival):
    target, weight, _ = make_survival(40, 0, truncated=True)
    edges, outputs = [2.0, 4.0, 5.0], np.random.default_rng(1).normal(size=(40, 4))
    expected = 0.0
    for (entry, time, event, _), w, row in zip(target, weight, outputs, strict=True):
        for lower, upper, logit in zip([-9, *edges], [*edges, 99], row, strict=True):
            hazard = 1 / (1 + np.exp(-logit))
            if entry < upper and time > upper:
                expected -= w * np.log(1 - hazard)
            if event and lower < time <= upper:
                expected -= w * np.log(hazard)

    deviance = DiscreteTimeLoss(edges).deviance(
        *map(torch.tensor, (outputs, target, weight))
    )

    assert_allclose(deviance.item(), expected)


def test_discrete_baseline_is_near_the_best_constant_hazards(make_survival):
    target, weight, _ = make_survival(2000, 0)
    loss = DiscreteTimeLoss([2.0, 4.0])
    outputs = torch.tensor(loss.baseline(target, weight), requires_grad=True)

    loss(outputs.expand(2000, 3), *map(torch.tensor, (target, weight))).backward()

    assert outputs.grad.abs().max() < 1e-3
