"""The loss of the task, and auxiliary losses by name."""

from dataclasses import fields

import pytest
import torch

from magnet_sklearn._training import Optimisation
from magnet_sklearn._training._batch import PatientBatch
from magnet_sklearn._training._contrastive import ContrastiveTask
from magnet_sklearn._training._objective import (
    AUXILIARY_LOSSES,
    auxiliary_losses,
    task_loss,
)
from magnet_sklearn.losses import NumberLoss, similarity_kl_loss
from magnet_sklearn.nn import Architecture, build_network, set_generator

EDGES = torch.tensor([[0, 1, 2], [1, 2, 0]])
SIMILARITY = torch.tensor([0.9, 0.5, 0.2])


@pytest.fixture
def network():
    architecture = Architecture(n_outputs=1, shapes={"rna": (3,)}, hidden_dim=8)
    network = build_network(architecture, torch.Generator().manual_seed(0))
    network.contrast = ContrastiveTask(8)
    set_generator(network, torch.Generator().manual_seed(0))
    return network


@pytest.fixture
def batch():
    blocks = {"rna": torch.randn(3, 3, generator=torch.Generator().manual_seed(1))}
    return PatientBatch(blocks, torch.ones(3, 1) > 0, EDGES, SIMILARITY)


def optimisation(**weights):
    return Optimisation(
        learning_rate=0.01, weight_decay=0.0, max_epochs=1, batch_size=8, **weights
    )


def forward(network, batch):
    return network(batch.blocks, batch.mask, batch.edge_index, batch.edge_weight)


def test_every_auxiliary_loss_has_a_weight_among_the_fields():
    names = {field.name for field in fields(Optimisation)}

    assert {f"{name}_weight" for name in AUXILIARY_LOSSES} <= names


def test_losses_of_weight_zero_are_left_out(network, batch):
    output = forward(network, batch)

    assert list(auxiliary_losses(optimisation(), network, output, batch)) == []


@pytest.mark.parametrize("name", AUXILIARY_LOSSES)
def test_each_auxiliary_loss_is_weighted_and_differentiable(network, batch, name):
    output = forward(network, batch)
    chosen = optimisation(**{f"{name}_weight": 0.5})

    (loss,) = auxiliary_losses(chosen, network, output, batch)
    loss.backward()

    gradients = [weight.grad for weight in network.encoders.parameters()]
    assert any(gradient is not None and gradient.any() for gradient in gradients)


def test_similarity_loss_compares_embeddings_along_the_edges(network, batch):
    output = forward(network, batch)

    (loss,) = auxiliary_losses(
        optimisation(similarity_weight=2.0), network, output, batch
    )

    expected = similarity_kl_loss(output.embedding, EDGES, SIMILARITY)
    assert loss.item() == pytest.approx(2 * expected.item())


def test_a_batch_without_graph_has_no_similarity_loss(network, batch):
    alone = PatientBatch(batch.blocks, batch.mask, None, None)
    chosen = optimisation(similarity_weight=1.0)

    assert not list(auxiliary_losses(chosen, network, forward(network, alone), alone))


def test_branches_add_to_the_offset(network, batch):
    output = forward(network, batch)
    total = output.logits.sum(dim=1)

    loss = task_loss(NumberLoss(), output, (-total, torch.zeros(3, 1), torch.ones(3)))

    assert loss.item() == pytest.approx(0.0, abs=1e-6)
