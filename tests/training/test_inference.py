"""Members computed together predict as each does alone."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal

from magnet_sklearn import MultiModalData
from magnet_sklearn._training._inference import EnsembleInference, reference_states
from magnet_sklearn._training._patients import PatientTable
from magnet_sklearn.graph import PatientGraphBuilder
from magnet_sklearn.nn import Architecture, build_network
from magnet_sklearn.nn.convolutions import CONVOLUTIONS
from magnet_sklearn.nn.fusion import FUSIONS

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
        "hidden_dim": 8,
        "n_heads": 2,
        "n_layers": 2,
    }
    generator = torch.Generator().manual_seed(seed)
    architecture = Architecture(**{**arguments, **changes})
    return build_network(architecture, generator).double().eval()


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
@pytest.mark.parametrize("fusion", FUSIONS)
@pytest.mark.parametrize("decoder", [*CONVOLUTIONS, None])
def test_members_predict_as_each_alone(decoder, fusion, n_queries, together):
    networks, states, batch = members(n_queries, decoder=decoder, fusion=fusion)

    logits, embedding, attention, _ = EnsembleInference(
        networks, states, CPU, together=together
    )(batch)

    assert_allclose(logits, alone(networks, states, batch), atol=1e-12)
    assert embedding.shape == (3, n_queries, 8)
    assert_allclose(attention.sum(dim=2), torch.ones(3, n_queries))


def test_networks_stay_as_they_are():
    networks, states, batch = members()
    before = alone(networks, states, batch)

    EnsembleInference(networks, states, CPU, together=True)(batch)

    assert torch.equal(alone(networks, states, batch), before)
    assert all(weight.requires_grad for weight in networks[0].parameters())


def test_threads_get_the_same_outputs():
    networks, states, batch = members()
    inference = EnsembleInference(networks, states, CPU, together=True)
    expected = inference(batch)[0]

    with ThreadPoolExecutor(4) as pool:
        outputs = list(pool.map(lambda _: inference(batch)[0], range(40)))

    for output in outputs:
        assert_array_equal(output, expected)


@pytest.mark.parametrize("n_layers", [1, 2, 3])
@pytest.mark.parametrize("batch_size", [7, 100])
def test_states_in_batches_are_those_of_the_whole(n_layers, batch_size):
    X = cohort(30, 0)
    graph = PatientGraphBuilder(3).fit(X).training_graph_
    module = network(0, n_layers=n_layers)

    states = reference_states(module, X, graph, batch_size)

    batch = PatientTable.from_data(X, graph, dtype=torch.float64).everybody()
    whole = module(batch.blocks, batch.mask, batch.edge_index, batch.edge_weight)
    assert len(states) == n_layers
    for state, expected in zip(states, whole.states, strict=True):
        assert_allclose(state, expected.detach(), atol=1e-10)
