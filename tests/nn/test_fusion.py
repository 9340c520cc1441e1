import pytest
import torch
from numpy.testing import assert_allclose

from magnet_sklearn.nn import ConcatFusion, MeanFusion

MASK = torch.tensor([[True, True], [True, False], [False, False]])


def test_mean_fusion_is_the_mean_of_observed_embeddings():
    encoded = torch.randn(3, 2, 4)

    fused, _ = MeanFusion(4)(encoded, MASK)

    assert_allclose(fused[0], encoded[0].mean(0), atol=1e-6)
    assert torch.equal(fused[1], encoded[1, 0])


def test_concat_fusion_sees_zeros_for_absent_modalities():
    fusion = ConcatFusion(2, 4)
    encoded = torch.randn(3, 2, 4)

    fused, _ = fusion(encoded, MASK)

    one_modality = torch.cat([encoded[1, 0], torch.zeros(4)])
    assert_allclose(fused[1].detach(), fusion.output(one_modality).detach(), atol=1e-6)


@pytest.mark.parametrize("fusion", [MeanFusion(4), ConcatFusion(2, 4)])
def test_plain_fusions_weigh_observed_modalities_alike(fusion):
    _, weights = fusion(torch.randn(3, 2, 4), MASK)

    assert weights.squeeze(-1).tolist() == [[0.5, 0.5], [1.0, 0.0], [0.0, 0.0]]


@pytest.mark.parametrize("fusion", [MeanFusion(4), ConcatFusion(2, 4)])
def test_plain_fusions_ignore_nan_of_absent_modalities(fusion):
    encoded = torch.randn(3, 2, 4).masked_fill(~MASK.unsqueeze(-1), torch.nan)
    encoded.requires_grad_()

    fused, _ = fusion(encoded, MASK)
    fused.sum().backward()

    assert (fused[2] == 0).all()
    gradients = [encoded.grad, *(weight.grad for weight in fusion.parameters())]
    assert all(torch.isfinite(gradient).all() for gradient in gradients)
