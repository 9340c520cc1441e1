"""One network of the ensemble: its batches and its training."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from sklearn.base import clone

from magnet_sklearn._training._batch import make_batch
from magnet_sklearn._training._cohort import Cohort
from magnet_sklearn._training._frozen import frozen
from magnet_sklearn._training._net import BatchDataset, MagnetNet, make_net, train_net
from magnet_sklearn._training._threads import threads_for
from magnet_sklearn.graph import PatientGraphBuilder
from magnet_sklearn.losses._task import TaskLoss
from magnet_sklearn.nn._dropout import set_generator
from magnet_sklearn.nn._growth import widen_network
from magnet_sklearn.nn._resolve import build_network


@dataclass(frozen=True)
class Recipe:
    """What all members of an ensemble have in common.

    Parameters
    ----------
    loss : TaskLoss
        Loss of the task.
    architecture : dict
        Arguments of :func:`magnet_sklearn.nn.build_network` but the generator.
    optimisation : dict
        Arguments of ``make_net`` but those that differ between members.
    graph : PatientGraphBuilder or None
        Unfitted builder; None is no graph.
    patience : int or None
        Epochs without a better validation loss before a member stops.
    starts_at_offset : bool
        Whether an untrained network adds nothing to the offset.
    frozen : frozenset of str
        Modalities whose encoders do not learn.
    """

    loss: TaskLoss
    architecture: dict[str, Any]
    optimisation: dict[str, Any]
    graph: PatientGraphBuilder | None
    patience: int | None
    starts_at_offset: bool
    frozen: frozenset[str] = frozenset()


def train_member(
    recipe: Recipe,
    net: MagnetNet | None,
    train: Cohort,
    held_out: Cohort | None,
    *,
    seed: int,
    device: torch.device,
    progress: str | None,
) -> tuple[MagnetNet, np.ndarray | None]:
    """Train a new network, or train on with `net`.

    Parameters
    ----------
    recipe : Recipe
        What all members share.
    net : MagnetNet or None
        Network to continue with; a copy of it grows where the recipe has further
        modalities.
    train : Cohort
        Patients to learn from; the only references of the patient graph.
    held_out : Cohort or None
        Patients for early stopping.
    seed : int
        For initial weights and dropout.
    device : torch.device
        Where to train.
    progress : str or None
        Description of the progress bar; None shows none.

    Returns
    -------
    net : MagnetNet
        Trained, on the CPU, in double precision.
    paths : ndarray of shape (n_held_out, n_paths, n_outputs) or None
        Outputs of the held-out patients.
    """
    if net is None or net.module_.modalities != list(recipe.architecture["shapes"]):
        net = _new_net(recipe, net, seed, device, progress)
    else:
        net.set_params(device=device, max_epochs=recipe.optimisation["max_epochs"])
        net.module_.to(device, torch.float32)
    with threads_for(train.X):
        datasets = _datasets(recipe.graph, train, held_out, device)
        set_generator(net.module_, torch.Generator(device).manual_seed(seed))
        encoders = zip(net.module_.encoded_alone, net.module_.encoders, strict=True)
        with frozen([encoder for name, encoder in encoders if name in recipe.frozen]):
            train_net(net, *datasets)
        set_generator(net.module_, None)
        paths = None
        if datasets[1] is not None:
            batch = datasets[1].batches[0][0]
            net.module_.eval()
            with torch.no_grad():
                paths = net.infer(batch).logits.double().cpu().numpy()
    # Double precision keeps an answer the same in any batch; float32 would not.
    net.module_.to("cpu", torch.float64)
    net.set_params(device="cpu")
    return net, paths


def _new_net(recipe, narrower, seed, device, progress):
    """Build a network, or widen the `narrower` net's, and wrap it for training."""
    # Weights are drawn on the CPU, so that every device starts from the same.
    generator = torch.Generator().manual_seed(seed)
    network = build_network(**recipe.architecture, generator=generator)
    if recipe.starts_at_offset:
        for head in (network.head, network.graph_head):
            if head is not None:
                for parameter in list(head.children())[-1].parameters():
                    torch.nn.init.zeros_(parameter)
    loss = recipe.loss
    if narrower is not None:
        network, loss = widen_network(narrower.module_, network), narrower.criterion_
    net = make_net(
        network,
        loss=deepcopy(loss),
        **recipe.optimisation,
        patience=recipe.patience,
        device=device,
        generator=generator,
        progress=progress,
    )
    return net.initialize()


def _datasets(graph, train, held_out, device):
    """Training patients, and held-out ones who have only those as references."""
    training_graph = query_graph = None
    if graph is not None:
        builder = clone(graph).fit(train.X, groups=train.groups)
        training_graph = builder.training_graph_
        query_graph = None if held_out is None else builder.connect(held_out.X)
    training = _dataset(train, training_graph, device)
    if held_out is None:
        return training, None
    references = None if graph is None else training.batches[0][0]
    return training, _dataset(held_out, query_graph, device, references)


def _dataset(cohort, graph, device, references=None):
    """One batch with all patients."""
    batch = make_batch(
        cohort.X,
        graph,
        dtype=torch.float32,
        device=device,
        references=references,
    )
    target = (
        torch.tensor(cohort.offset, dtype=torch.float32, device=device),
        torch.tensor(cohort.target, dtype=torch.float32, device=device),
        torch.tensor(cohort.weight, dtype=torch.float32, device=device),
    )
    return BatchDataset([(batch, target)])
