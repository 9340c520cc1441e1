import pytest
import torch
from numpy.testing import assert_allclose

from magnet_sklearn.nn import GraphDecoder
from magnet_sklearn.nn.convolutions import CONVOLUTIONS

CONVS = CONVOLUTIONS


def make_graph(n_references=8, n_queries=5, n_neighbors=3):
    """Draw edges among references and from references to queries."""
    generator = torch.Generator().manual_seed(0)
    n_nodes = n_references + n_queries
    x = torch.randn(n_nodes, 4, generator=generator, dtype=torch.float64)
    targets = torch.arange(n_nodes).repeat_interleave(n_neighbors)
    sources = torch.randint(n_references, targets.shape, generator=generator)
    weight = torch.rand(len(targets), generator=generator, dtype=torch.float64)
    return x, torch.stack([sources, targets]), weight


@pytest.mark.parametrize("conv", CONVS)
@pytest.mark.parametrize("skip_connection", [True, False])
def test_queries_against_cached_states_equal_the_full_graph(conv, skip_connection):
    decoder = GraphDecoder(conv, 4, n_layers=3, skip_connection=skip_connection)
    decoder = decoder.double().eval()
    x, edge_index, weight = make_graph()
    full, _ = decoder(x, edge_index, weight)

    among = edge_index[1] < 8
    _, states = decoder(x[:8], edge_index[:, among], weight[among])
    query_edges = edge_index[:, ~among] - torch.tensor([[0], [8]])
    out, _ = decoder(x[8:], query_edges, weight[~among], references=states)

    assert_allclose(out.detach(), full[8:].detach(), atol=1e-12)


@pytest.mark.parametrize("conv", CONVS)
def test_patient_without_neighbors_gets_finite_values_and_gradients(conv):
    decoder = GraphDecoder(conv, 4, n_layers=2)
    x = torch.zeros(2, 4, requires_grad=True)

    out, _ = decoder(x)
    out.square().sum().backward()

    assert torch.isfinite(out).all()
    assert torch.isfinite(x.grad).all()


def test_states_are_the_inputs_of_the_layers():
    decoder = GraphDecoder("sage", 4, n_layers=2).double().eval()
    x, edge_index, weight = make_graph()

    out, states = decoder(x, edge_index, weight)

    assert torch.equal(states[0], x)
    norm, conv = decoder.norms[1], decoder.convs[1]
    normed = norm(states[1])
    last = states[1] + conv((normed, normed), edge_index, weight).relu()
    assert_allclose(out.detach(), last.detach(), atol=1e-12)


def test_published_stack_has_neither_skip_nor_norm():
    decoder = GraphDecoder("sage", 4, n_layers=1, skip_connection=False)
    decoder = decoder.double().eval()
    x, edge_index, weight = make_graph()

    out, _ = decoder(x, edge_index, weight)

    expected = decoder.convs[0]((x, x), edge_index, weight).relu()
    assert torch.equal(out, expected)


def test_edge_weights_left_out_count_as_one():
    decoder = GraphDecoder("sage", 4).double().eval()
    x, edge_index, weight = make_graph()

    out, _ = decoder(x, edge_index)

    expected, _ = decoder(x, edge_index, torch.ones_like(weight))
    assert torch.equal(out, expected)


def test_wrong_number_of_reference_states_is_an_error():
    decoder = GraphDecoder("sage", 4, n_layers=2)
    edge_index = torch.tensor([[0], [0]])

    with pytest.raises(ValueError, match="holds 1 states but the decoder has 2 layers"):
        decoder(torch.ones(1, 4), edge_index, references=[torch.ones(3, 4)])
