import pytest
import torch

from magnet_sklearn.nn import Architecture
from magnet_sklearn.nn.fusion import FUSIONS

SHAPES = {"rna": (5,), "clinical": (3,), "mri": (1, 2, 2)}


@pytest.mark.parametrize("name", FUSIONS)
def test_fusion_has_the_width_of_the_network(name):
    fusion = FUSIONS[name](Architecture(n_outputs=2, shapes=SHAPES, hidden_dim=8))

    fused, weights = fusion(torch.randn(2, 3, 8), torch.ones(2, 3) > 0)

    assert fusion.hidden_dim == 8
    assert fused.shape == (2, 8)
    torch.testing.assert_close(weights.sum(dim=1), torch.ones(2, weights.shape[2]))


def test_the_clinical_modality_is_the_query_of_cross_attention():
    fusion = FUSIONS["cross"](Architecture(n_outputs=2, shapes=SHAPES))

    assert fusion.query_position == 1
