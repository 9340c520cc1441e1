import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from magnet_sklearn.nn import _feature_attention
from magnet_sklearn.nn._feature_attention import (
    FeatureGATLayer,
    feature_attention,
    neighbor_mean,
)
from magnet_sklearn.nn._feature_edges import FeatureEdges

N_NODES, WIDTH = 6, 4
PAIRS = np.array([[0, 1], [0, 2], [1, 2], [2, 3], [3, 0]])
WEIGHTS = np.array([1.0, 0.5, -0.7, 2.0, 1.0])
RELATION = np.array([0, 1, 0, 1, 1])


def make_edges(keep=slice(None)):
    return FeatureEdges.from_pairs(PAIRS[keep], WEIGHTS[keep], RELATION[keep], N_NODES)


@pytest.fixture
def layer():
    layer = FeatureGATLayer(WIDTH, n_relations=2).double()
    for parameter in layer.parameters():
        torch.nn.init.normal_(parameter)
    return layer


def slow_norm(norm, state):
    scaled = (state - state.mean()) / np.sqrt(state.var() + 1.0)
    return norm.weight.detach().numpy() * scaled + norm.bias.detach().numpy()


def slow_layer(layer, states, present):
    """Attend in loops over the features of one patient and their neighbours."""
    V = layer.value.weight.detach().numpy()
    a, b = layer.score.weight.detach().numpy()
    c, gate = layer.relation_score.detach().numpy(), layer.gate.detach().numpy()
    values = [V @ slow_norm(layer.norm, state) for state in states]
    result = states.copy()
    for i in range(N_NODES):
        scores, messages = [], []
        for (j, k), weight, relation in zip(PAIRS, WEIGHTS, RELATION, strict=True):
            for source, target in ((j, k), (k, j)):
                if target != i or not present[source]:
                    continue
                score = a @ values[source] + b @ values[i] + c[relation]
                score = score if score > 0 else 0.2 * score
                scores.append(abs(weight) * np.exp(score))
                messages.append(np.sign(weight) * values[source])
        if scores:
            message = np.array(scores) / np.sum(scores) @ np.array(messages)
            message = np.where(message > 0, message, np.expm1(message))
            result[i] += (0.1 + gate) * message
    return result


@settings(max_examples=25, deadline=None)
@given(
    present=st.lists(st.booleans(), min_size=N_NODES, max_size=N_NODES),
    seed=st.integers(0, 100),
)
def test_layer_equals_loops_over_one_patient(present, seed):
    torch.manual_seed(seed)
    layer = FeatureGATLayer(WIDTH, n_relations=2).double()
    for parameter in layer.parameters():
        torch.nn.init.normal_(parameter)
    states = torch.randn(1, N_NODES, WIDTH, dtype=torch.float64)

    new = layer(states, torch.tensor([present]), make_edges())

    expected = slow_layer(layer, states[0].numpy(), present)
    assert_allclose(new[0].detach(), expected, atol=1e-10)


@settings(max_examples=25, deadline=None)
@given(present=st.lists(st.booleans(), min_size=N_NODES, max_size=N_NODES))
def test_attention_is_a_distribution_over_present_neighbours(present):
    edges, present = make_edges(), torch.tensor([present])
    scores = 300 * torch.randn(1, N_NODES, 2, dtype=torch.float64)

    attention = feature_attention(
        scores, present, edges, torch.zeros(len(edges), dtype=torch.float64)
    )

    assert (attention[~present[:, edges.source]] == 0).all()
    total = torch.zeros(1, N_NODES, dtype=torch.float64)
    total.index_add_(1, edges.target, attention)
    has_any = torch.zeros(1, N_NODES).index_add_(
        1, edges.target, present[:, edges.source].float()
    )
    assert_allclose(total, has_any > 0)


def test_absent_feature_is_a_feature_without_edges(layer):
    states = torch.randn(3, N_NODES, WIDTH, dtype=torch.float64)
    present = torch.ones(3, N_NODES, dtype=torch.bool)
    absent = present.clone()
    absent[:, 2] = False
    others = [0, 1, 3, 4, 5]

    masked = layer(states, absent, make_edges())
    removed = layer(states, present, make_edges(~(PAIRS == 2).any(axis=1)))

    assert_allclose(masked[:, others].detach(), removed[:, others].detach(), atol=1e-12)


def test_values_of_absent_features_do_not_matter(layer):
    states = torch.randn(2, N_NODES, WIDTH, dtype=torch.float64)
    present = torch.rand(2, N_NODES) < 0.5
    spoiled = states + 1e3 * (~present).unsqueeze(-1)

    new, new_spoiled = (layer(s, present, make_edges()) for s in (states, spoiled))

    assert torch.equal(new[present], new_spoiled[present])


def test_gradients_equal_finite_differences(layer):
    states = torch.randn(2, N_NODES, WIDTH, dtype=torch.float64, requires_grad=True)
    present = torch.tensor([[True] * N_NODES, [True, False, True, True, False, True]])
    edges = make_edges()

    assert torch.autograd.gradcheck(lambda s: layer(s, present, edges), states)


def test_chunks_change_nothing(layer, monkeypatch):
    states = torch.randn(5, N_NODES, WIDTH, dtype=torch.float64, requires_grad=True)
    present = torch.rand(5, N_NODES) < 0.7
    answers = []
    for size in (10**6, 11):
        monkeypatch.setattr(_feature_attention, "_MAX_MESSAGES", size)
        new = layer(states, present, make_edges())
        means = neighbor_mean(states[..., 0].detach(), present, make_edges())
        (gradient,) = torch.autograd.grad(new.square().sum(), states)
        answers.append((new.detach(), means, gradient))

    for one, other in zip(*answers, strict=True):
        assert_allclose(one, other, atol=1e-12)


def test_patient_alone_gets_the_same_states(layer):
    states = torch.randn(5, N_NODES, WIDTH, dtype=torch.float64)
    present = torch.rand(5, N_NODES) < 0.7

    together = layer(states, present, make_edges())
    alone = [layer(states[[i]], present[[i]], make_edges()) for i in range(5)]

    assert_allclose(together.detach(), torch.cat(alone).detach(), atol=1e-12)


def test_no_edges_change_nothing(layer):
    states = torch.randn(2, N_NODES, WIDTH, dtype=torch.float64)

    new = layer(states, torch.ones(2, N_NODES) > 0, make_edges(slice(0)))

    assert torch.equal(new, states)


def test_mean_is_that_of_present_neighbours_and_the_feature_itself():
    values = torch.tensor([[1.0, 2.0, 4.0, 8.0, 16.0, 32.0]], dtype=torch.float64)
    present = torch.tensor([[True, True, False, True, True, False]])

    means = neighbor_mean(values, present, make_edges())

    # edges of 0: to 1 (weight 1), 2 (absent) and 3 (weight 1); of 1: to 0
    assert means[0].tolist() == [11 / 3, 1.5, (0.5 - 1.4 + 16) / 3.2, 4.5, 16.0, 0.0]


def test_direction_of_pairs_does_not_matter(layer):
    states = torch.randn(2, N_NODES, WIDTH, dtype=torch.float64)
    present = torch.ones(2, N_NODES) > 0
    turned = FeatureEdges.from_pairs(PAIRS[:, ::-1], WEIGHTS, RELATION, N_NODES)

    assert_allclose(
        layer(states, present, make_edges()).detach(),
        layer(states, present, turned).detach(),
        atol=1e-12,
    )
