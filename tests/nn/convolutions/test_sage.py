import copy
import pickle

import pytest
import torch
from numpy.testing import assert_allclose

from magnet_sklearn.nn import EdgeSAGEConv


def slow_edge_sage(conv, sources, targets, edge_index, edge_weight):
    """Convolve in a loop over targets and their edges."""
    out = []
    for target in range(len(targets)):
        messages = [
            conv.edge(
                torch.cat([conv.source(sources[source]).relu(), weight.reshape(1)])
            ).relu()
            for source, to, weight in zip(*edge_index, edge_weight, strict=True)
            if to == target
        ]
        mean = torch.stack(messages).mean(0) if messages else torch.zeros(4).double()
        out.append(conv.neighbors(mean) + conv.root(targets[target]))
    return torch.stack(out)


@pytest.fixture
def conv():
    return EdgeSAGEConv(4, 3).double()


def test_convolution_equals_a_loop_over_edges(conv):
    sources = torch.randn(5, 4, dtype=torch.float64)
    targets = torch.randn(3, 4, dtype=torch.float64)
    edge_index = torch.tensor([[0, 1, 4, 2], [0, 0, 0, 2]])
    edge_weight = torch.rand(4, dtype=torch.float64)

    out = conv((sources, targets), edge_index, edge_weight)

    expected = slow_edge_sage(conv, sources, targets, edge_index, edge_weight)
    assert_allclose(out.detach(), expected.detach(), atol=1e-12)


def test_one_set_of_nodes_is_source_and_target(conv):
    x = torch.randn(3, 4, dtype=torch.float64)
    edge_index = torch.tensor([[0, 1], [1, 2]])

    assert torch.equal(conv(x, edge_index), conv((x, x), edge_index, torch.ones(2)))


def test_edge_weight_changes_the_result(conv):
    x = torch.randn(2, 4, dtype=torch.float64)
    edge_index = torch.tensor([[0], [1]])

    weak, strong = (conv(x, edge_index, torch.tensor([w])) for w in (0.1, 0.9))

    assert torch.equal(weak[0], strong[0])
    assert not torch.allclose(weak[1], strong[1])


def test_gradients_reach_every_weight_and_the_edge_weights(conv):
    x = torch.rand(3, 4, dtype=torch.float64)
    edge_weight = torch.rand(6, dtype=torch.float64, requires_grad=True)
    edge_index = torch.tensor([[0, 1, 2, 0, 1, 2], [1, 2, 0, 2, 0, 1]])

    conv(x, edge_index, edge_weight).square().sum().backward()

    assert edge_weight.grad.abs().sum() > 0
    assert all(weight.grad.abs().sum() > 0 for weight in conv.parameters())


@pytest.mark.parametrize(
    "duplicate", [copy.deepcopy, lambda module: pickle.loads(pickle.dumps(module))]
)
def test_copies_of_the_convolution_give_the_same_bits(conv, duplicate):
    x = torch.randn(3, 4, dtype=torch.float64)
    edge_index = torch.tensor([[0, 1], [1, 2]])

    assert torch.equal(duplicate(conv)(x, edge_index), conv(x, edge_index))
