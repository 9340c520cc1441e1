"""States of the references of a network in training."""

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose

from magnet_sklearn import MagnetClassifier, MultiModalData
from magnet_sklearn._training._patients import PatientTable
from magnet_sklearn._training._reference_states import ReferenceStates
from magnet_sklearn.graph import PatientGraphBuilder
from magnet_sklearn.nn import Architecture, build_network

N_PATIENTS = 40


@pytest.fixture(scope="module")
def X():
    rng = np.random.default_rng(0)
    blocks = {"rna": rng.normal(size=(N_PATIENTS, 4))}
    blocks["protein"] = rng.normal(size=(N_PATIENTS, 3))
    blocks["rna"][:8] = np.nan
    return MultiModalData(blocks)


@pytest.mark.parametrize("n_layers", [1, 2])
@pytest.mark.parametrize("batch_size", [7, 100])
def test_states_are_those_of_one_pass_over_all_references(X, n_layers, batch_size):
    table = PatientTable.from_data(
        X, PatientGraphBuilder(3).fit(X).training_graph_, dtype=torch.float64
    )
    architecture = Architecture(
        n_outputs=2,
        shapes={"rna": (4,), "protein": (3,)},
        decoder="sage",
        hidden_dim=8,
        n_heads=2,
        n_layers=n_layers,
        dropout=0.5,
    )
    module = build_network(architecture, torch.Generator().manual_seed(0)).double()
    references = ReferenceStates(table, batch_size, torch.device("cpu"))

    references.update(module)

    batch = table.everybody()
    expected = module.eval()(batch.blocks, batch.mask, *_edges(batch)).states
    assert len(references.states) == n_layers
    for state, wanted in zip(references.states, expected, strict=True):
        assert not state.requires_grad
        assert_allclose(state, wanted.detach(), atol=1e-12)


def test_states_are_computed_once_per_epoch(X, monkeypatch):
    computed, update = [], ReferenceStates.update

    def counted(references, network):
        computed.append(len(references.table))
        update(references, network)

    monkeypatch.setattr(ReferenceStates, "update", counted)
    y = np.arange(N_PATIENTS) % 2
    model = MagnetClassifier(
        experts=None, ensemble_size=1, max_epochs=3, batch_size=16, random_state=0
    )

    model.fit(X, y)

    # before the first epoch, at each validation, and with the best weights
    assert computed == [32] * 5


def _edges(batch):
    return batch.edge_index, batch.edge_weight
