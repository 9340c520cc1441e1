import pytest
import torch

from magnet_sklearn.nn import Architecture, ConcatFusion, MeanFusion
from magnet_sklearn.nn.fusion import FUSIONS

MASK = torch.tensor([[True, True], [True, False], [False, False]])


@pytest.mark.parametrize("fusion", [MeanFusion(4), ConcatFusion(2, 4)])
def test_plain_fusions_weigh_observed_modalities_alike(fusion):
    _, weights = fusion(torch.randn(3, 2, 4), MASK)

    assert weights.squeeze(-1).tolist() == [[0.5, 0.5], [1.0, 0.0], [0.0, 0.0]]


@pytest.mark.parametrize("name", FUSIONS)
def test_nan_of_absent_modalities_is_ignored(name):
    shapes = {"clinical": (3,), "rna": (5,)}
    fusion = FUSIONS[name](Architecture(n_outputs=2, shapes=shapes, hidden_dim=4))
    encoded = torch.randn(3, 2, 4).masked_fill(~MASK.unsqueeze(-1), torch.nan)
    encoded.requires_grad_()

    fused, _ = fusion(encoded, MASK)
    fused.sum().backward()

    assert (fused[2] == 0).all()
    gradients = [encoded.grad, *(weight.grad for weight in fusion.parameters())]
    assert all(torch.isfinite(gradient).all() for gradient in gradients)
