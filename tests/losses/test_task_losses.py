"""Task losses against slow loops."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from sklearn.metrics import mean_pinball_loss

from magnet_sklearn.losses import (
    ClassLoss,
    CoxLoss,
    DiscreteTimeLoss,
    MultiTaskLoss,
    NumberLoss,
)


def make_survival(n_patients, seed, *, truncated=False):
    rng = np.random.default_rng(seed)
    time = rng.integers(1, 8, n_patients).astype(float)
    entry = (
        time - rng.integers(1, 6, n_patients) if truncated else np.full(n_patients, -1)
    )
    columns = [
        entry,
        time,
        rng.random(n_patients) < 0.6,
        rng.integers(2, size=n_patients),
    ]
    weight = rng.uniform(0.5, 2, n_patients)
    return np.column_stack(columns).astype(float), weight, rng.normal(size=n_patients)


def slow_cox(log_hazard, target, weight):
    entry, time, event, stratum = target.T
    theta, total = weight * np.exp(log_hazard), 0.0
    for s in np.unique(stratum):
        for t in np.unique(time[(stratum == s) & (event > 0)]):
            at_risk = (stratum == s) & (time >= t) & (entry < t)
            tied = at_risk & (time == t) & (event > 0)
            total -= (weight * log_hazard)[tied].sum()
            for place in range(tied.sum()):
                part = place / tied.sum() * theta[tied].sum()
                total += weight[tied].mean() * np.log(theta[at_risk].sum() - part)
    return total


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 30), st.integers(0, 10_000), st.booleans())
def test_cox_deviance_equals_a_loop(n_patients, seed, truncated):
    target, weight, log_hazard = make_survival(n_patients, seed, truncated=truncated)

    deviance = CoxLoss().deviance(
        *map(torch.tensor, (log_hazard[:, None], target, weight))
    )

    assert_allclose(deviance.item(), slow_cox(log_hazard, target, weight), atol=1e-9)


def test_cox_deviance_equals_that_of_lifelines():
    # lifelines 0.30.3: CoxPHFitter().fit(...).log_likelihood_, Efron's ties
    time = [5, 3, 3, 8, 2, 9, 3, 7, 1, 6, 4, 10, 2, 8, 5, 12]
    event = [1, 1, 1, 0, 1, 0, 0, 1, 1, 1, 0, 0, 1, 1, 1, 0]
    x = [0.5, 1.2, -0.3, 0.1, 2, -1, 0.4, 0.4, 1.5, -0.2, 0, -2, 0.9, 0.1, 0.7, -0.5]
    target = torch.tensor([[-1, t, e, 0] for t, e in zip(time, event, strict=True)])
    log_hazard = 2.1287670801735015 * torch.tensor(x, dtype=torch.float64)

    deviance = CoxLoss().deviance(log_hazard[:, None], target.double(), torch.ones(16))

    assert_allclose(deviance.item(), 15.247632018843857)


def test_cox_loss_of_huge_tied_log_hazards_is_finite_and_right():
    rng = np.random.default_rng(0)
    target, weight, _ = make_survival(40, 0)
    log_hazard = rng.choice([-100.0, 100.0], 40)
    single = torch.tensor(log_hazard, dtype=torch.float32, requires_grad=True)

    loss = CoxLoss().deviance(
        single[:, None], torch.tensor(target).float(), torch.tensor(weight).float()
    )
    loss.backward()

    expected = slow_cox(log_hazard.astype(np.longdouble), target, weight)
    assert_allclose(loss.item(), float(expected), rtol=1e-5)
    assert single.grad.isfinite().all()


def test_cox_loss_without_events_is_zero_with_zero_gradient():
    outputs = torch.ones(3, 1, requires_grad=True)
    target = torch.tensor([[-1.0, 1.0, 0.0, 0.0]] * 3)

    loss = CoxLoss()(outputs, target, torch.ones(3))
    loss.backward()

    assert loss.item() == 0
    assert_allclose(outputs.grad, 0)


@pytest.mark.parametrize(
    "error", ["squared_error", "huber", "absolute_error", "quantile"]
)
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


def test_unlabelled_patients_change_nothing():
    loss = MultiTaskLoss([NumberLoss(), ClassLoss(2)])
    target = torch.tensor([[1.0, 0.0], [torch.nan, 1.0], [2.0, torch.nan]])
    outputs, weight = torch.randn(3, 3, requires_grad=True), torch.ones(3)

    total = loss.eval()(outputs, target, weight)
    total.backward()

    numbers = NumberLoss()(outputs[[0, 2], :1], target[[0, 2], :1], weight[:2])
    classes = ClassLoss(2)(outputs[:2, 1:], target[:2, 1:], weight[:2])
    assert_allclose(total.item(), (numbers + classes).item(), rtol=1e-6)
    assert outputs.grad[1, 0] == 0
    assert_allclose(outputs.grad[2, 1:], 0)


def test_uncertainty_weights_follow_their_equation():
    loss = MultiTaskLoss([NumberLoss(), NumberLoss()])
    with torch.no_grad():
        loss.raw_weights.copy_(torch.tensor([0.3, -0.2]))
    outputs, target = torch.ones(4, 2), torch.tensor([[0.0, 3.0]] * 4)

    expected = np.exp(-0.3) * 1 + 0.15 + np.exp(0.2) * 4 - 0.1
    assert_allclose(loss(outputs, target, torch.ones(4)).item(), expected, rtol=1e-6)


def test_parts_of_labels_inside_tasks_stand_where_they_are():
    labels = MultiTaskLoss([ClassLoss(2), ClassLoss(2)], "equal")
    parts = MultiTaskLoss([CoxLoss(), labels]).parts()

    assert [part.outputs for part in parts] == [slice(0, 1), slice(1, 3), slice(3, 5)]
    assert [part.columns for part in parts] == [slice(0, 4), slice(4, 5), slice(5, 6)]


def test_discrete_deviance_equals_a_loop_over_intervals():
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


def test_discrete_baseline_is_near_the_best_constant_hazards():
    target, weight, _ = make_survival(2000, 0)
    loss = DiscreteTimeLoss([2.0, 4.0])
    outputs = torch.tensor(loss.baseline(target, weight), requires_grad=True)

    loss(outputs.expand(2000, 3), *map(torch.tensor, (target, weight))).backward()

    assert outputs.grad.abs().max() < 1e-3
