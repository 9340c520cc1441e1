import torch
from numpy.testing import assert_allclose

from magnet_sklearn.nn.convolutions._gcn import NormalizedGraphConv

EDGE_INDEX = torch.tensor([[0, 3, 1, 3, 2], [0, 0, 1, 1, 1]])
EDGE_WEIGHT = torch.tensor([0.9, 0.3, 0.5, 0.2, 0.7], dtype=torch.float64)


def make_nodes():
    generator = torch.Generator().manual_seed(0)
    sources = torch.randn(4, 5, generator=generator, dtype=torch.float64)
    targets = torch.randn(3, 5, generator=generator, dtype=torch.float64)
    return sources, targets


def test_gcn_takes_the_weighted_mean_of_neighbors():
    conv = NormalizedGraphConv(5, 2).double()
    sources, targets = make_nodes()

    out = conv((sources, targets), EDGE_INDEX, EDGE_WEIGHT)

    mean = (0.9 * sources[0] + 0.3 * sources[3]) / 1.2
    expected = conv.conv.lin_rel(mean) + conv.conv.lin_root(targets[0])
    assert_allclose(out[0].detach(), expected.detach(), atol=1e-12)
