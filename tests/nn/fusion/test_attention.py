import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose

from magnet_sklearn.nn import PatientModalityAttention


def slow_attention(attention, encoded, mask):
    """Attend in loops over patients and heads, observed modalities only."""
    W = attention.projection.weight.detach().numpy()
    V = attention.output.weight.detach().numpy()
    queries = attention.query.detach().numpy()
    n_patients, n_modalities, hidden_dim = encoded.shape
    n_heads = len(queries)
    weights = np.zeros((n_patients, n_modalities, n_heads))
    fused = np.zeros((n_patients, hidden_dim))
    for i in range(n_patients):
        observed = np.flatnonzero(mask[i])
        if len(observed) == 0:
            continue
        heads = []
        for h in range(n_heads):
            part = slice(h * hidden_dim // n_heads, (h + 1) * hidden_dim // n_heads)
            Z = np.stack([(W @ encoded[i, m])[part] for m in observed])
            scores = np.exp(Z @ queries[h, 0])
            weights[i, observed, h] = scores / scores.sum()
            heads.append(weights[i, observed, h] @ Z)
        fused[i] = V @ np.concatenate(heads)
    return fused, weights


@pytest.fixture
def attention():
    return PatientModalityAttention(hidden_dim=6, n_heads=3).double()


@pytest.fixture
def mask():
    return torch.tensor(
        [[True, True, True], [True, False, True], [False, True, False], [False] * 3]
    )


def test_attention_equals_loops_over_observed_modalities(attention, mask):
    encoded = torch.randn(4, 3, 6, dtype=torch.float64)

    fused, weights = attention(encoded, mask)

    slow_fused, slow_weights = slow_attention(attention, encoded.numpy(), mask.numpy())
    assert_allclose(fused.detach(), slow_fused, atol=1e-12)
    assert_allclose(weights.detach(), slow_weights, atol=1e-12)


def test_weight_of_an_absent_modality_is_exactly_zero(attention, mask):
    encoded = 1e3 * torch.randn(4, 3, 6, dtype=torch.float64)

    _, weights = attention(encoded, mask)

    assert (weights[~mask] == 0).all()
    assert_allclose(weights.sum(1).detach(), mask.any(1).double()[:, None].expand(4, 3))


def test_values_of_absent_modalities_do_not_matter(attention, mask):
    encoded = torch.randn(4, 3, 6, dtype=torch.float64)
    spoiled = encoded.masked_fill(~mask.unsqueeze(-1), torch.nan)

    fused, _ = attention(encoded, mask)
    fused_spoiled, _ = attention(spoiled, mask)

    assert torch.equal(fused, fused_spoiled)


def test_patient_without_modalities_is_fused_to_zero(attention, mask):
    fused, weights = attention(torch.randn(4, 3, 6, dtype=torch.float64), mask)

    assert (fused[3] == 0).all()
    assert (weights[3] == 0).all()


@pytest.mark.parametrize("patient", [0, 1, 3])
def test_gradients_are_finite_with_nan_in_absent_modalities(attention, mask, patient):
    encoded = torch.randn(4, 3, 6, dtype=torch.float64)
    encoded = encoded.masked_fill(~mask.unsqueeze(-1), torch.nan).requires_grad_()

    fused, weights = attention(encoded, mask)
    (fused[patient].sum() + weights[patient].square().sum()).backward()

    gradients = [encoded.grad, *(weight.grad for weight in attention.parameters())]
    assert all(torch.isfinite(gradient).all() for gradient in gradients)


def test_order_of_modalities_does_not_matter(attention, mask):
    encoded = torch.randn(4, 3, 6, dtype=torch.float64)
    order = [2, 0, 1]

    fused, weights = attention(encoded, mask)
    fused_again, weights_again = attention(encoded[:, order], mask[:, order])

    assert_allclose(fused.detach(), fused_again.detach(), atol=1e-12)
    assert_allclose(weights[:, order].detach(), weights_again.detach(), atol=1e-12)


def test_heads_that_do_not_divide_the_width_are_an_error():
    with pytest.raises(ValueError, match="n_heads=3 does not divide hidden_dim=8"):
        PatientModalityAttention(hidden_dim=8, n_heads=3)
