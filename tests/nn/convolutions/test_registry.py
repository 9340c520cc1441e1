import subprocess
import sys

import pytest
import torch
from numpy.testing import assert_allclose

from magnet_sklearn.nn.convolutions import CONVOLUTIONS

NAMES = list(CONVOLUTIONS)
EDGE_INDEX = torch.tensor([[0, 3, 1, 3, 2], [0, 0, 1, 1, 1]])
EDGE_WEIGHT = torch.tensor([0.9, 0.3, 0.5, 0.2, 0.7], dtype=torch.float64)


def make_nodes():
    generator = torch.Generator().manual_seed(0)
    sources = torch.randn(4, 5, generator=generator, dtype=torch.float64)
    targets = torch.randn(3, 5, generator=generator, dtype=torch.float64)
    return sources, targets


@pytest.mark.parametrize("name", NAMES)
def test_target_without_edges_gets_finite_values_and_gradients(name):
    conv = CONVOLUTIONS[name](5, 2).double()

    out = conv(make_nodes(), EDGE_INDEX, EDGE_WEIGHT)
    out[2].sum().backward()

    assert out.shape == (3, 2)
    assert torch.isfinite(out).all()
    gradients = [weight.grad for weight in conv.parameters()]
    assert all(g is None or torch.isfinite(g).all() for g in gradients)


@pytest.mark.parametrize("name", NAMES)
def test_graph_without_edges_works(name):
    conv = CONVOLUTIONS[name](5, 2).double()
    no_edges = torch.empty(2, 0, dtype=torch.long)

    out = conv(make_nodes(), no_edges, torch.empty(0, dtype=torch.float64))

    assert torch.isfinite(out).all()


@pytest.mark.parametrize("name", NAMES)
def test_other_targets_do_not_change_a_target(name):
    conv = CONVOLUTIONS[name](5, 2).double()
    sources, targets = make_nodes()
    own = EDGE_INDEX[1] == 1
    edge_index = torch.stack([EDGE_INDEX[0, own], torch.zeros(3, dtype=torch.long)])

    together = conv((sources, targets), EDGE_INDEX, EDGE_WEIGHT)[1]
    alone = conv((sources, targets[1:2]), edge_index, EDGE_WEIGHT[own])[0]

    assert_allclose(alone.detach(), together.detach(), atol=1e-12)


@pytest.mark.parametrize("name", ["sage", "gat", "gcn"])
def test_edge_weights_matter(name):
    conv = CONVOLUTIONS[name](5, 2).double()
    torch.nn.init.ones_(next(conv.parameters()))
    nodes = make_nodes()

    out = conv(nodes, EDGE_INDEX, EDGE_WEIGHT)
    out_reversed = conv(nodes, EDGE_INDEX, EDGE_WEIGHT.flip(0))

    assert not torch.allclose(out[0], out_reversed[0])


@pytest.mark.parametrize("name", NAMES)
def test_training_draws_no_random_number(name):
    conv = CONVOLUTIONS[name](5, 2).double().train()
    state = torch.get_rng_state()

    conv(make_nodes(), EDGE_INDEX, EDGE_WEIGHT)

    assert torch.equal(state, torch.get_rng_state())


def test_names_are_known_without_pyg():
    code = (
        "import sys; from magnet_sklearn.nn.convolutions import CONVOLUTIONS; "
        "from magnet_sklearn.nn.encoders import ENCODERS; "
        "from magnet_sklearn.nn.fusion import FUSIONS; "
        "sys.exit('torch_geometric' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
