import torch

from magnet_sklearn.nn.convolutions._gin import UnweightedGINConv

EDGES = torch.tensor([[0, 1, 2], [0, 0, 0]])


def test_edge_weights_are_ignored():
    conv, nodes = UnweightedGINConv(4, 2), (torch.randn(3, 4), torch.randn(1, 4))

    assert torch.equal(
        conv(nodes, EDGES, torch.rand(3)), conv(nodes, EDGES, torch.rand(3))
    )


def test_neighbours_are_added_to_the_patient():
    conv, (sources, target) = UnweightedGINConv(4, 2), torch.randn(4, 4).split([3, 1])
    conv.set_buffers()

    out = conv((sources, target), EDGES, torch.ones(3))

    torch.testing.assert_close(out, conv.conv.nn(target + sources.sum(dim=0)))
