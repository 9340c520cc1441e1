import torch
from numpy.testing import assert_allclose

from magnet_sklearn.nn import SetEncoder
from magnet_sklearn.nn.encoders._set import AttentionPooling


def test_pooling_is_gated_attention_over_the_elements_there_are():
    pooling = AttentionPooling(3).double()
    elements = torch.randn(1, 4, 3, dtype=torch.float64)
    present = torch.tensor([[True, False, True, True]])

    pooled = pooling(elements, present)[0]

    kept = elements[0, present[0]]
    score = [
        pooling.score(pooling.candidate(h).tanh() * pooling.gate(h).sigmoid()).exp()
        for h in kept
    ]
    expected = sum(s * h for s, h in zip(score, kept, strict=True)) / sum(score)
    assert_allclose(pooled.detach(), expected.detach())


def test_order_of_elements_and_empty_places_do_not_matter():
    encoder = SetEncoder(2, 4).double()
    elements = torch.randn(3, 5, 2, dtype=torch.float64)
    empty = torch.full((3, 6, 2), torch.nan, dtype=torch.float64)

    embedding = encoder(torch.cat([empty, elements.flip(1)], dim=1))

    assert_allclose(embedding.detach(), encoder(elements).detach(), atol=1e-12)


def test_a_view_without_any_element_is_finite_and_has_a_gradient():
    encoder = SetEncoder(2, 4)

    encoder(torch.full((1, 3, 2), torch.nan)).sum().backward()

    assert all(p.grad.isfinite().all() for p in encoder.parameters())
