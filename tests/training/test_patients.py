"""Batches cut from a table of patients."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from magnet_sklearn import MultiModalData
from magnet_sklearn._training._patients import PatientRows, PatientTable, home_of
from magnet_sklearn._training._reference_states import ReferenceStates
from magnet_sklearn.graph import PatientGraphBuilder
from magnet_sklearn.nn import Architecture, build_network
from magnet_sklearn.nn.convolutions import CONVOLUTIONS

N_PATIENTS = 30


def cohort(seed=0):
    rng = np.random.default_rng(seed)
    blocks = {"rna": rng.normal(size=(N_PATIENTS, 4))}
    blocks["protein"] = rng.normal(size=(N_PATIENTS, 3))
    blocks["rna"][:8] = np.nan
    blocks["protein"][20:] = np.nan
    return MultiModalData(blocks)


def network(n_layers=1, decoder="sage"):
    architecture = Architecture(
        n_outputs=2,
        shapes={"rna": (4,), "protein": (3,)},
        decoder=decoder,
        hidden_dim=8,
        n_heads=2,
        n_layers=n_layers,
    )
    generator = torch.Generator().manual_seed(0)
    return build_network(architecture, generator).double().eval()


def references_of(module, table):
    references = ReferenceStates(table, 7, torch.device("cpu"))
    references.update(module)
    return references


def logits(module, batch):
    states = None if batch.references is None else batch.references.states
    return module(
        batch.blocks,
        batch.mask,
        batch.edge_index,
        batch.edge_weight,
        references=states,
    ).logits


@pytest.mark.parametrize("decoder", CONVOLUTIONS)
@pytest.mark.parametrize("n_layers", [1, 2])
def test_a_patient_in_a_small_batch_gets_the_logits_of_the_whole(n_layers, decoder):
    X = cohort()
    graph = PatientGraphBuilder(3).fit(X).training_graph_
    table = PatientTable.from_data(X, graph, dtype=torch.float64)
    module = network(n_layers, decoder)
    rows = torch.tensor([3, 17, 29])

    part = logits(module, table.batch(rows, references_of(module, table)))

    whole = logits(module, table.everybody())
    assert_allclose(part.detach(), whole[rows].detach(), atol=1e-10)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 99), fan_out=st.integers(1, 4))
def test_drawn_neighbours_are_some_of_the_neighbours(seed, fan_out):
    X = cohort(seed)
    graph = PatientGraphBuilder(4).fit(X).training_graph_
    table = PatientTable.from_data(X, graph, dtype=torch.float64)
    rows = torch.arange(0, N_PATIENTS, 3)
    generator = torch.Generator().manual_seed(seed)

    batch = table.batch(rows, references_of(network(), table), fan_out, generator)

    degree = np.bincount(batch.edge_index[1], minlength=len(rows))
    have = (graph.neighbors[rows] >= 0).sum(axis=1)
    assert_array_equal(degree, np.minimum(have, fan_out))
    for source, target, weight in zip(
        *batch.edge_index, batch.edge_weight, strict=True
    ):
        rank = table.neighbors[rows[target]] == source
        assert weight in table.similarity[rows[target]][rank]


@given(n=st.integers(1, 50), batch_size=st.integers(1, 60))
def test_batches_hold_everybody_once_and_are_no_larger_than_wanted(n, batch_size):
    X = MultiModalData({"rna": np.arange(n, dtype=float)[:, None]})
    table = PatientTable.from_data(X, dtype=torch.float64)

    batches = list(PatientRows(table, (), batch_size).batches())

    seen = torch.cat([batch.blocks["rna"][:, 0] for batch in batches])
    assert_array_equal(seen, np.arange(n))
    assert max(map(len, batches)) <= batch_size


def test_batch_without_references_has_no_edges():
    X = cohort()
    graph = PatientGraphBuilder(3).fit(X).training_graph_
    table = PatientTable.from_data(X, graph, dtype=torch.float64)

    assert table.batch(torch.arange(5)).edge_index is None


def test_batch_moves_with_its_edges():
    X = cohort()
    graph = PatientGraphBuilder(3).fit(X).training_graph_
    table = PatientTable.from_data(X, graph, dtype=torch.float32)
    batch = table.batch(torch.arange(5), references_of(network().float(), table))

    moved = batch.to(torch.device("meta"))

    tensors = [*moved.blocks.values(), moved.mask, moved.edge_index, moved.edge_weight]
    assert {tensor.device.type for tensor in tensors} == {"meta"}


def test_cpu_is_home_on_a_cpu():
    assert home_of(cohort(), torch.device("cpu")) == torch.device("cpu")


@pytest.mark.parametrize(("free", "home"), [(10_000, "cuda"), (1000, "cpu")])
def test_cohort_is_on_the_gpu_only_if_it_fits(monkeypatch, free, home):
    # 30 patients x 7 features x 4 bytes
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda device: (free, 80_000))

    assert home_of(cohort(), torch.device("cuda")).type == home
