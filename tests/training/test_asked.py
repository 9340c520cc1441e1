"""Members asked together answer as each does alone."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from magnet_sklearn.nn._resolve import build_network
from numpy.testing import assert_allclose, assert_array_equal

from magnet_sklearn import MultiModalData
from magnet_sklearn._training._asked import AskedMembers
from magnet_sklearn._training._patients import PatientTable
from magnet_sklearn._training._states import reference_states
from magnet_sklearn.graph import PatientGraphBuilder

CPU = torch.device("cpu")


def cohort(n_patients, seed):
    rng = np.random.default_rng(seed)
    blocks = {"rna": rng.normal(size=(n_patients, 4))}
    blocks["protein"] = rng.normal(size=(n_patients, 3))
    blocks["rna"][: n_patients // 4] = np.nan
    blocks["protein"][-1:] = np.nan
    return MultiModalData(blocks)


def network(seed, **changes):
    arguments = {
        "n_outputs": 2,
        "shapes": {"rna": (4,), "protein": (3,)},
        "category_sizes": {},
        "encoders": None,
        "fusion": "attention",
        "decoder": "sage",
        "hidden_dim": 8,
        "n_heads": 2,
        "n_layers": 2,
        "dropout": 0.1,
        "skip": True,
        "generator": torch.Generator().manual_seed(seed),
    }
    return build_network(**{**arguments, **changes}).double().eval()


def members(n_queries=6, **changes):
    """Three networks, the states of their references, and queries as a batch."""
    X = cohort(20, 0)
    builder = PatientGraphBuilder(3).fit(X)
    networks = [network(seed, **changes) for seed in range(3)]
    graph = builder.training_graph_
    states = [reference_states(each, X, graph, 7) for each in networks]
    stacked = [torch.stack(layer) for layer in zip(*states, strict=True)]
    queries = cohort(n_queries, 1)
    table = PatientTable.from_data(
        queries, builder.connect(queries), dtype=torch.float64
    )
    return networks, stacked, table.everybody()


def alone(networks, stacked, batch):
    """Logits by a plain call of each network."""
    with torch.no_grad():
        return torch.stack(
            [
                each(
                    batch.blocks,
                    batch.mask,
                    batch.edge_index,
                    batch.edge_weight,
                    [state[number] for state in stacked] or None,
                ).logits
                for number, each in enumerate(networks)
            ]
        )


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize("n_queries", [1, 6, 70])
@pytest.mark.parametrize("fusion", ["attention", "cross", "mean", "concat"])
@pytest.mark.parametrize("decoder", ["sage", "gat", "gcn", "gin", None])
def test_members_answer_as_each_alone(decoder, fusion, n_queries, together):
    networks, states, batch = members(n_queries, decoder=decoder, fusion=fusion)

    logits, embedding, attention, _ = AskedMembers(
        networks, states, CPU, together=together
    )(batch)

    assert_allclose(logits, alone(networks, states, batch), atol=1e-12)
    assert embedding.shape == (3, n_queries, 8)
    assert_allclose(attention.sum(dim=2), torch.ones(3, n_queries))


def test_networks_stay_as_they_are():
    networks, states, batch = members()
    before = alone(networks, states, batch)

    AskedMembers(networks, states, CPU, together=True)(batch)

    assert torch.equal(alone(networks, states, batch), before)
    assert all(weight.requires_grad for weight in networks[0].parameters())


def test_threads_get_the_same_answers():
    networks, states, batch = members()
    asked = AskedMembers(networks, states, CPU, together=True)
    expected = asked(batch)[0]

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: asked(batch)[0], range(40)))

    for answer in answers:
        assert_array_equal(answer, expected)
