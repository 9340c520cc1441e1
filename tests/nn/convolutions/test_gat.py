import torch

from magnet_sklearn.nn.convolutions._gat import WeightedGATConv


def test_weights_of_edges_steer_the_attention():
    conv = WeightedGATConv(4, 2)
    torch.nn.init.ones_(conv.conv.lin_edge.weight)
    torch.nn.init.ones_(conv.conv.att_edge)
    nodes = torch.randn(2, 4), torch.randn(1, 4)
    edges = torch.tensor([[0, 1], [0, 0]])

    out = conv(nodes, edges, torch.tensor([50.0, 0.0]))

    alone = conv(nodes, edges[:, :1], torch.ones(1))
    torch.testing.assert_close(out, alone, atol=1e-4, rtol=0)
