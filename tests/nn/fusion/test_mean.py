import torch
from numpy.testing import assert_allclose

from magnet_sklearn.nn import MeanFusion

MASK = torch.tensor([[True, True], [True, False], [False, False]])


def test_mean_fusion_is_the_mean_of_observed_embeddings():
    encoded = torch.randn(3, 2, 4)

    fused, _ = MeanFusion(4)(encoded, MASK)

    assert_allclose(fused[0], encoded[0].mean(0), atol=1e-6)
    assert torch.equal(fused[1], encoded[1, 0])
