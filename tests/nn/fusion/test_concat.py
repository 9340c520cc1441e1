import torch
from numpy.testing import assert_allclose

from magnet_sklearn.nn import ConcatFusion

MASK = torch.tensor([[True, True], [True, False], [False, False]])


def test_concat_fusion_sees_zeros_for_absent_modalities():
    fusion = ConcatFusion(2, 4)
    encoded = torch.randn(3, 2, 4)

    fused, _ = fusion(encoded, MASK)

    one_modality = torch.cat([encoded[1, 0], torch.zeros(4)])
    assert_allclose(fused[1].detach(), fusion.output(one_modality).detach(), atol=1e-6)


def test_weights_of_known_modalities_are_taken_over():
    trained, wider = ConcatFusion(2, 4), ConcatFusion(3, 4)
    new = wider.output.weight[:, 8:].clone()

    widened = wider._widened_from(trained)

    assert torch.equal(widened.output.weight[:, :8], trained.output.weight)
    assert torch.equal(widened.output.weight[:, 8:], new)
