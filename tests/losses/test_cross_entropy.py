import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose

from magnet_sklearn.losses import weighted_cross_entropy


def slow_cross_entropy(logits, y, weight):
    losses = [
        np.log(np.exp(row).sum()) - row[label]
        for row, label in zip(logits, y, strict=True)
    ]
    return np.dot(weight, losses) / np.sum(weight)


def make_example():
    rng = np.random.default_rng(0)
    return rng.normal(size=(6, 3)), rng.integers(3, size=6), rng.random(6)


def test_loss_equals_a_loop_over_patients():
    logits, y, weight = make_example()

    loss = weighted_cross_entropy(*map(torch.from_numpy, (logits, y, weight)))

    assert_allclose(loss, slow_cross_entropy(logits, y, weight), rtol=1e-12)


def test_weights_of_ones_equal_none():
    logits, y, _ = map(torch.from_numpy, make_example())

    assert torch.equal(
        weighted_cross_entropy(logits, y),
        weighted_cross_entropy(logits, y, torch.ones(6)),
    )


def test_only_ratios_of_weights_count():
    logits, y, weight = map(torch.from_numpy, make_example())

    loss = weighted_cross_entropy(logits, y, weight)

    assert_allclose(weighted_cross_entropy(logits, y, 1e-9 * weight), loss)


def test_patient_of_weight_zero_does_not_count():
    logits, y, weight = map(torch.from_numpy, make_example())
    weight[0] = 0.0

    loss = weighted_cross_entropy(logits, y, weight)

    assert_allclose(loss, weighted_cross_entropy(logits[1:], y[1:], weight[1:]))


def test_no_positive_weight_gives_zero_and_finite_gradients():
    logits, y, _ = map(torch.from_numpy, make_example())
    logits.requires_grad_()

    loss = weighted_cross_entropy(logits, y, torch.zeros(6))
    loss.backward()

    assert loss.item() == 0.0
    assert (logits.grad == 0).all()


def test_large_logits_stay_finite():
    loss = weighted_cross_entropy(torch.tensor([[1e4, 0.0]]), torch.tensor([1]))

    assert loss.item() == pytest.approx(1e4)
