import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis.extra import numpy as hnp
from numpy.testing import assert_allclose

from magnet_sklearn.nn import CrossAttentionFusion
from magnet_sklearn.nn.fusion._cross import MaskedAttention, clinical_position

MASK = torch.tensor(
    [[True, True, True], [True, False, True], [False, True, False], [False] * 3]
)


@pytest.fixture
def encoded():
    return torch.randn(4, 3, 8, dtype=torch.float64)


@pytest.fixture(params=[None, 0], ids=["learned", "clinical"])
def fusion(request):
    return CrossAttentionFusion(8, n_heads=2, query=request.param).double()


def slow_attention(attention, query, tokens):
    """Attend in a loop over heads, for one query and the observed tokens."""
    Q, K, V, W = (
        getattr(attention, name).weight.detach().numpy()
        for name in ("query", "key", "value", "output")
    )
    answer, weights = [], []
    for head in np.split(np.arange(8), 2):
        scores = np.exp((tokens @ K.T)[:, head] @ (Q @ query)[head] / np.sqrt(4))
        weights.append(scores / scores.sum())
        answer.append(weights[-1] @ (tokens @ V.T)[:, head])
    return W @ np.concatenate(answer), np.stack(weights, axis=1)


def test_masked_attention_equals_loops_over_observed_modalities(encoded):
    attention = MaskedAttention(8, n_heads=2).double()

    answer, weights = attention(encoded[:, :1], encoded, MASK)

    for row in range(3):
        seen = MASK[row].numpy()
        slow = slow_attention(
            attention, encoded[row, 0].numpy(), encoded[row].numpy()[seen]
        )
        assert_allclose(answer[row, 0].detach(), slow[0], atol=1e-12)
        assert_allclose(weights[row, 0].detach()[seen], slow[1], atol=1e-12)


def test_weight_of_an_absent_modality_is_exactly_zero(fusion, encoded):
    _, weights = fusion(1e3 * encoded, MASK)

    assert (weights[~MASK] == 0).all()
    assert_allclose(weights.sum(1).detach(), MASK.any(1).double()[:, None].expand(4, 2))


def test_patient_without_modalities_is_fused_to_zero(fusion, encoded):
    fused, weights = fusion(encoded, MASK)

    assert (fused[3] == 0).all()
    assert (weights[3] == 0).all()


@pytest.mark.parametrize("patient", [0, 1, 3])
def test_gradients_are_finite_with_nan_in_absent_modalities(fusion, encoded, patient):
    spoiled = encoded.masked_fill(~MASK.unsqueeze(-1), torch.nan).requires_grad_()

    fused, weights = fusion(spoiled, MASK)
    (fused[patient].sum() + weights[patient].square().sum()).backward()

    gradients = [spoiled.grad, *(weight.grad for weight in fusion.parameters())]
    assert all(torch.isfinite(gradient).all() for gradient in gradients)


@settings(max_examples=25, deadline=None)
@given(mask=hnp.arrays(bool, (4, 3)))
def test_patient_alone_gets_the_same_embedding(mask):
    fusion = CrossAttentionFusion(8, n_heads=2, query=1).double()
    encoded, mask = torch.randn(4, 3, 8, dtype=torch.float64), torch.tensor(mask)

    fused, _ = fusion(encoded, mask)
    alone = [fusion(encoded[[i]], mask[[i]])[0] for i in range(4)]

    assert_allclose(fused.detach(), torch.cat(alone).detach(), atol=1e-9)


def test_absent_modality_is_a_modality_left_out(encoded):
    fusion = CrossAttentionFusion(8, n_heads=2, query=0).double()
    mask = torch.tensor([[True, True, False]]).expand(4, 3)

    fused, _ = fusion(encoded, mask)
    reduced, _ = fusion(encoded[:, :2], mask[:, :2])

    assert_allclose(fused.detach(), reduced.detach(), atol=1e-12)


def test_clinical_modality_asks_where_the_patient_has_it(encoded):
    fusion = CrossAttentionFusion(8, n_heads=2, query=0, n_layers=0).double()
    other = encoded.clone()
    other[:, 0] += 1.0

    weights, others = (fusion(values, MASK)[1] for values in (encoded, other))

    assert (weights[1, 2] != others[1, 2]).all()
    assert torch.equal(weights[2], others[2])


def test_clinical_modality_is_found_by_its_name():
    assert clinical_position(["rna", "Clinical_data"]) == 1
    assert clinical_position(["rna", "protein"]) is None


def test_heads_that_do_not_divide_the_width_are_an_error():
    with pytest.raises(ValueError, match="n_heads=3 does not divide hidden_dim=8"):
        CrossAttentionFusion(8, n_heads=3)
