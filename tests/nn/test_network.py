import copy
import pickle

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from torch import nn

from magnet_sklearn.nn import MagnetNetwork, MeanFusion, MLPEncoder

MASK = torch.tensor([[1, 1, 1], [1, 0, 0], [0, 1, 1], [0, 0, 0], [0, 0, 1]]) > 0
EDGE_INDEX = torch.tensor([[0, 1, 2, 0], [1, 0, 4, 4]])
masks = st.lists(st.tuples(st.booleans(), st.booleans(), st.booleans()), min_size=1)


def take(blocks, rows):
    return {name: block[rows] for name, block in blocks.items()}


@settings(max_examples=30, deadline=None)
@given(patterns=masks, data=st.data())
def test_a_patient_has_one_answer_in_any_batch(
    make_network, make_blocks, patterns, data
):
    network = make_network(decoder=None).double().eval()
    mask = torch.tensor(patterns)
    blocks = make_blocks(mask)
    rows = data.draw(st.permutations(range(len(mask))))
    rows = list(rows)[: data.draw(st.integers(1, len(mask)))]

    everybody = network(blocks, mask)
    some = network(take(blocks, rows), mask[rows])

    for field in ("logits", "embedding", "attention"):
        alone, together = getattr(some, field), getattr(everybody, field)[rows]
        assert_allclose(alone.detach(), together.detach(), atol=1e-12)


@settings(max_examples=30, deadline=None)
@given(patterns=masks, data=st.data())
def test_cached_references_answer_like_the_full_graph(
    make_network, make_blocks, patterns, data
):
    network = make_network(
        decoder=data.draw(st.sampled_from(["sage", "gat", "gcn", "gin"])),
        skip_connection=data.draw(st.booleans()),
    )
    network = network.double().eval()
    mask = torch.tensor(patterns)
    blocks = make_blocks(mask)
    node = st.integers(0, len(mask) - 1)
    edges = data.draw(st.lists(st.tuples(node, node), max_size=12))
    edge_index = torch.tensor(edges, dtype=torch.long).reshape(-1, 2).T
    weight = torch.rand(len(edges), dtype=torch.float64)
    query = data.draw(node)

    full = network(blocks, mask, edge_index, weight)
    own = edge_index[1] == query
    query_edges = torch.stack(
        [edge_index[0, own], torch.zeros_like(edge_index[0, own])]
    )
    alone = network(
        take(blocks, [query]), mask[[query]], query_edges, weight[own], full.states
    )

    assert_allclose(alone.logits[0].detach(), full.logits[query].detach(), atol=1e-12)


@settings(max_examples=30, deadline=None)
@given(patterns=masks)
def test_nan_of_absent_modalities_reaches_no_output_and_no_gradient(
    make_network, make_blocks, patterns
):
    network = make_network().double()
    mask = torch.tensor(patterns)
    edge_index = torch.arange(len(mask)).expand(2, -1)

    output = network(make_blocks(mask), mask, edge_index)
    output.logits.square().sum().backward()

    assert torch.isfinite(output.logits).all()
    assert (output.attention[~mask] == 0).all()
    gradients = [weight.grad for weight in network.parameters()]
    assert all(g is None or torch.isfinite(g).all() for g in gradients)


def test_patient_without_data_gets_zero_embedding_and_attention(
    make_network, make_blocks
):
    output = make_network().double()(make_blocks(MASK), MASK)

    assert (output.embedding[3] == 0).all()
    assert (output.attention[3] == 0).all()
    assert torch.isfinite(output.logits[3]).all()


def test_encoder_never_sees_an_unobserved_row(make_blocks):
    class Watcher(nn.Module):
        def forward(self, X):
            assert not X.isnan().any()
            self.n_rows = len(X)
            return X.flatten(1)[:, :4]

    watchers = {name: Watcher() for name in ("rna", "clinical", "ct.scan")}
    network = MagnetNetwork(watchers, MeanFusion(4), nn.Linear(4, 2))

    network(make_blocks(MASK, dtype=torch.float32), MASK)

    assert [watcher.n_rows for watcher in watchers.values()] == [2, 2, 3]


def test_modality_that_nobody_has_is_not_encoded(make_network, make_blocks):
    mask = MASK & torch.tensor([True, True, False])

    output = make_network().double()(make_blocks(mask), mask)

    assert torch.isfinite(output.logits).all()
    assert (output.attention[:, 2] == 0).all()


def test_first_branch_does_not_need_the_graph(make_network, make_blocks):
    network = make_network().double().eval()
    blocks = make_blocks(MASK)

    output = network(blocks, MASK, EDGE_INDEX)
    without_edges = network(blocks, MASK)

    assert output.logits.shape == (5, 2, 3)
    assert torch.equal(output.logits[:, 0], without_edges.logits[:, 0])
    assert not torch.allclose(output.logits[4, 1], without_edges.logits[4, 1])
    assert torch.equal(output.logits[:, 1], network.graph_head(output.node_embedding))


def test_without_decoder_there_is_one_branch_and_no_state(make_network, make_blocks):
    network = make_network(decoder=None).double().eval()

    output = network(make_blocks(MASK), MASK)

    assert output.logits.shape == (5, 1, 3)
    assert output.states == []
    assert output.node_embedding is output.embedding


def test_attention_is_the_mean_over_heads(make_network, make_blocks):
    network = make_network().double().eval()
    blocks = make_blocks(MASK)

    output = network(blocks, MASK)

    _, weights = network.fusion(network.encode(blocks, MASK)[0], MASK)
    assert torch.equal(output.attention, weights.mean(-1))
    assert_allclose(output.attention.sum(1).detach(), [1, 1, 1, 0, 1])


@pytest.mark.parametrize(
    "duplicate", [copy.deepcopy, lambda module: pickle.loads(pickle.dumps(module))]
)
def test_copies_of_a_network_give_the_same_bits(make_network, make_blocks, duplicate):
    network = make_network(dropout=0.3).double().eval()
    blocks = make_blocks(MASK)

    copied = duplicate(network)

    expected = network(blocks, MASK, EDGE_INDEX).logits
    assert torch.equal(copied(blocks, MASK, EDGE_INDEX).logits, expected)


@pytest.mark.parametrize(
    ("encoder", "message"),
    [
        (nn.Linear(4, 7), r"'rna' returned \(2, 7\) for 2 .* shape \(2, 8\)"),
        (nn.LSTM(4, 8), "'rna' returned <class 'tuple'> for 2 patients"),
    ],
)
def test_encoder_of_the_wrong_width_is_an_error_naming_the_modality(
    make_network, make_blocks, encoder, message
):
    network = make_network(encoders={"rna": encoder})

    with pytest.raises(ValueError, match=message):
        network(make_blocks(MASK, dtype=torch.float32), MASK)


def test_mask_with_other_columns_is_an_error(make_network, make_blocks):
    with pytest.raises(ValueError, match=r"mask has shape \(5, 2\) .* 3 modalities"):
        make_network()(make_blocks(MASK), MASK[:, :2])


def test_graph_head_without_decoder_is_an_error():
    with pytest.raises(ValueError, match="graph_head is given but decoder is None"):
        MagnetNetwork(
            {"rna": MLPEncoder(2, 4)},
            MeanFusion(4),
            head=nn.Linear(4, 1),
            graph_head=nn.Linear(4, 1),
        )


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_gpu_and_cpu_agree_with_the_same_dropout(make_network, make_blocks):
    blocks = make_blocks(MASK, dtype=torch.float32)
    on_cpu = make_network(dropout=0.5)(blocks, MASK, EDGE_INDEX)

    on_gpu = make_network(dropout=0.5).cuda()(
        {name: block.cuda() for name, block in blocks.items()},
        MASK.cuda(),
        EDGE_INDEX.cuda(),
    )

    assert_allclose(on_gpu.logits.detach().cpu(), on_cpu.logits.detach(), atol=1e-4)
