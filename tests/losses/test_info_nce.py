"""InfoNCE loss."""

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose

from magnet_sklearn.losses import info_nce_loss


def slow_info_nce(Z_a, Z_b, temperature):
    """The definition, patient by patient."""
    n = len(Z_a)
    cosine = np.array(
        [
            [a @ b / np.linalg.norm(a) / np.linalg.norm(b) for b in Z_b]  # row: Z_a
            for a in Z_a
        ]
    )
    score = np.exp(cosine / temperature)
    forth = [-np.log(score[i, i] / score[i].sum()) for i in range(n)]
    back = [-np.log(score[i, i] / score[:, i].sum()) for i in range(n)]
    return np.mean(forth + back)


@pytest.mark.parametrize("temperature", [0.1, 1.0])
def test_loss_equals_the_definition(temperature):
    Z_a, Z_b = np.random.default_rng(0).normal(size=(2, 7, 4))

    loss = info_nce_loss(torch.tensor(Z_a), torch.tensor(Z_b), temperature)

    assert_allclose(loss.item(), slow_info_nce(Z_a, Z_b, temperature), rtol=1e-12)


def test_views_that_say_nothing_cost_the_logarithm_of_the_patients():
    Z = torch.ones(9, 3)

    assert_allclose(info_nce_loss(Z, Z).item(), np.log(9), rtol=1e-6)


def test_one_patient_costs_nothing():
    assert info_nce_loss(torch.randn(1, 3), torch.randn(1, 3)).item() == 0.0


def test_zero_embedding_gives_finite_gradients():
    Z = torch.zeros(3, 2, requires_grad=True)

    info_nce_loss(Z, torch.eye(3)[:, :2]).backward()

    assert torch.isfinite(Z.grad).all()
