"""One network of the ensemble: its batches and its training."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch
from sklearn.base import clone

from magnet_sklearn._training._checkpoint import MemberCheckpoint
from magnet_sklearn._training._cohort import Cohort
from magnet_sklearn._training._contrast import ContrastiveTask
from magnet_sklearn._training._distributed import from_first, own_seed
from magnet_sklearn._training._frozen import frozen
from magnet_sklearn._training._net import MagnetNet, make_net, train_net
from magnet_sklearn._training._patients import FAN_OUT, cohort_rows
from magnet_sklearn._training._threads import threads_for
from magnet_sklearn.graph import PatientGraphBuilder
from magnet_sklearn.losses._task import TaskLoss
from magnet_sklearn.nn import (
    Architecture,
    MagnetNetwork,
    adopt_encoders,
    build_initialized,
    build_network,
    set_generator,
    widen_network,
)


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
    batch_size : int
        Patients at a time.
    frozen : frozenset of str
        Modalities whose encoders do not learn.
    """

    loss: TaskLoss
    architecture: dict[str, Any]
    optimisation: dict[str, Any]
    graph: PatientGraphBuilder | None
    patience: int | None
    starts_at_offset: bool
    batch_size: int
    frozen: frozenset[str] = frozenset()

    def make_network(self, seed: int) -> MagnetNetwork:
        """Build a network; weights are drawn on the CPU, the same for every device."""
        generator = torch.Generator().manual_seed(seed)
        network = build_network(Architecture(**self.architecture), generator)
        if self.starts_at_offset:
            for head in (network.head, network.graph_head):
                if head is not None:
                    for parameter in list(head.children())[-1].parameters():
                        torch.nn.init.zeros_(parameter)
        if self.optimisation["contrastive_weight"]:
            make_task = partial(ContrastiveTask, network.hidden_dim)
            network.contrast = build_initialized(make_task, generator)
        return network


def train_member(
    recipe: Recipe,
    earlier: MagnetNet | MagnetNetwork | None,
    train: Cohort,
    held_out: Cohort | None,
    *,
    seed: int,
    device: torch.device,
    progress: str | None,
    files: MemberCheckpoint | None = None,
) -> tuple[MagnetNet, np.ndarray | None]:
    """Train a new network, or train on with an earlier one.

    Parameters
    ----------
    recipe : Recipe
        What all members share.
    earlier : MagnetNet, MagnetNetwork or None
        Net to continue with; a copy of it grows where the recipe has further
        modalities. Of a pretrained network only encoders and fusion are taken over.
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
    files : MemberCheckpoint or None, default=None
        Where to keep the state after each epoch, and to go on from.

    Returns
    -------
    net : MagnetNet
        Trained, on the CPU, in double precision.
    paths : ndarray of shape (n_held_out, n_paths, n_outputs) or None
        Outputs of the held-out patients.
    """
    if files is not None and (done := files.load().get("done")):
        return done
    if not (isinstance(earlier, MagnetNet) and _has_all_modalities(earlier, recipe)):
        net = _new_net(recipe, earlier, seed, device, progress)
    else:
        net = earlier
        net.set_params(device=device, max_epochs=recipe.optimisation["max_epochs"])
        net.module_.to(device, torch.float32)
    with threads_for(train.X):
        training, queries = _rows(recipe, train, held_out, seed, device)
        del train  # which `training` has in the form it needs
        generator = torch.Generator(device).manual_seed(own_seed(seed))
        set_generator(net.module_, generator)
        drawn_from = [generator, training.generator, net.iterator_train__generator]
        encoders = zip(net.module_.encoded_alone, net.module_.encoders, strict=True)
        with frozen([encoder for name, encoder in encoders if name in recipe.frozen]):
            train_net(net, training, queries, files, drawn_from)
        set_generator(net.module_, None)
        paths = None if queries is None else _paths(net, queries)
    # Double precision keeps an answer the same in any batch; float32 would not.
    net.module_.to("cpu", torch.float64).eval()
    net.set_params(device="cpu")
    if files is not None and not net.was_interrupted:
        files.save({"done": (net, paths)})
    return net, paths


def _has_all_modalities(net, recipe):
    """Whether training can go on with the net as it is."""
    return net.module_.modalities == list(recipe.architecture["shapes"])


def _new_net(recipe, earlier, seed, device, progress):
    """Wrap a network for training: new, pretrained, or a widened earlier one."""
    network, loss = recipe.make_network(seed), recipe.loss
    if isinstance(earlier, MagnetNet):
        network, loss = widen_network(earlier.module_, network), earlier.criterion_
    elif earlier is not None:
        adopt_encoders(network, earlier)
    net = make_net(
        network,
        loss=deepcopy(loss),
        **recipe.optimisation,
        patience=recipe.patience,
        device=device,
        generator=torch.Generator().manual_seed(seed),
        progress=progress,
    )
    return net.initialize()


def _rows(recipe, train, held_out, seed, device):
    """Training patients, and held-out ones who have only those as references."""
    training_graph = query_graph = None
    if recipe.graph is not None:
        builder = clone(recipe.graph).fit(train.X, groups=train.groups)
        training_graph = builder.training_graph_
        if held_out is not None:
            found = builder.connect(held_out.X)
            query_graph = found.among(builder.references_, len(train.X))
    n_hops = recipe.architecture["n_layers"]
    training = cohort_rows(
        train,
        training_graph,
        device,
        recipe.batch_size,
        n_hops=n_hops,
        fan_out=FAN_OUT,
        generator=torch.Generator().manual_seed(own_seed(seed)),
    )
    if held_out is None:
        return training, None
    references = None if recipe.graph is None else training.table
    queries = cohort_rows(
        held_out, query_graph, device, recipe.batch_size, references, n_hops=n_hops
    )
    return training, queries


@torch.no_grad()
def _paths(net, queries):
    """Compute the outputs of the held-out patients, path by path."""
    net.module_.eval()
    parts = [net.infer(batch).logits for batch in queries.batches()]
    # on a GPU the last bits may differ between processes, and so might the gates
    return from_first(torch.cat(parts)).double().cpu().numpy()
