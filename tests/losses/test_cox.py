"""Cox's loss against slow loops."""

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from magnet_sklearn.losses import CoxLoss


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
def test_cox_deviance_equals_a_loop(make_survival, n_patients, seed, truncated):
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


def test_cox_loss_of_huge_tied_log_hazards_is_finite_and_right(make_survival):
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
