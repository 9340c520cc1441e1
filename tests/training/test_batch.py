import torch

from magnet_sklearn._training._batch import PatientBatch


def make_batch(references=None):
    blocks, mask = {"rna": torch.ones(3, 2)}, torch.ones(3, 1, dtype=torch.bool)
    edges = torch.tensor([[0], [1]])
    return PatientBatch(blocks, mask, edges, torch.ones(1), references)


def test_length_is_the_number_of_patients():
    assert len(make_batch()) == 3


def test_a_batch_without_graph_moves_to_another_device():
    batch = PatientBatch({"rna": torch.ones(3, 2)}, torch.ones(3, 1) > 0, None, None)

    moved = batch.to(torch.device("meta"))

    assert moved.edge_index is None
    assert moved.blocks["rna"].device.type == "meta"


def test_states_of_references_stay_where_the_network_is():
    states = object()

    moved = make_batch(states).to(torch.device("meta"))

    assert moved.edge_index.device.type == "meta"
    assert moved.references is states
