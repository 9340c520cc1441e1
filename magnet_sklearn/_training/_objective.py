"""What a network minimises: the loss of the task and auxiliary losses by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from torch import Tensor

from magnet_sklearn._training._batch import PatientBatch
from magnet_sklearn._training._config import Optimisation
from magnet_sklearn.losses import TaskLoss, similarity_kl_loss
from magnet_sklearn.nn import MagnetNetwork, NetworkOutput

# From network, output and batch to a loss; None where the batch has none.
AuxiliaryLoss = Callable[[MagnetNetwork, NetworkOutput, PatientBatch], Tensor | None]


def similarity(
    network: MagnetNetwork, output: NetworkOutput, batch: PatientBatch
) -> Tensor | None:
    """Compare similarities of embeddings to those of the patients, edge by edge."""
    if batch.edge_index is None or batch.edge_weight is None:
        return None
    return similarity_kl_loss(
        output.embedding, batch.edge_index, batch.edge_weight, output.source_embedding
    )


def contrastive(
    network: MagnetNetwork, output: NetworkOutput, batch: PatientBatch
) -> Tensor | None:
    """Compute the loss of the network's contrastive task."""
    assert network.contrast is not None
    return network.contrast(network, batch.blocks, batch.mask)


# The weight of each is `<name>_weight` of an Optimisation.
AUXILIARY_LOSSES: dict[str, AuxiliaryLoss] = {
    "similarity": similarity,
    "contrastive": contrastive,
}


def task_loss(
    loss: TaskLoss, output: NetworkOutput, target: tuple[Tensor, Tensor, Tensor]
) -> Tensor:
    """Loss of offset plus all branches; the target is offset, target and weight."""
    offset, values, weight = target
    return loss(offset + output.logits.sum(dim=1), values, weight)


def auxiliary_losses(
    optimisation: Optimisation,
    network: MagnetNetwork,
    output: NetworkOutput,
    batch: PatientBatch,
) -> Iterator[Tensor]:
    """Yield weighted auxiliary losses; those of weight 0 are not computed."""
    for name, loss in AUXILIARY_LOSSES.items():
        weight = getattr(optimisation, f"{name}_weight")
        if weight and (value := loss(network, output, batch)) is not None:
            yield weight * value
