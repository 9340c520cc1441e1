"""The members of an ensemble: their networks, batches and training."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from functools import partial

import numpy as np
import torch
from joblib import Parallel, delayed, effective_n_jobs
from sklearn.base import clone
from torch import nn

from magnet_sklearn._training._cohort import Cohort
from magnet_sklearn._training._config import EnsembleConfig, Execution
from magnet_sklearn._training._contrastive import ContrastiveTask
from magnet_sklearn._training._net import MagnetNet, make_net, train_net
from magnet_sklearn._training._patients import FAN_OUT, cohort_rows
from magnet_sklearn._training.runtime import _processes as processes
from magnet_sklearn._training.runtime._checkpoint import MemberCheckpoint
from magnet_sklearn._training.runtime._threads import threads_for
from magnet_sklearn.nn import (
    MagnetNetwork,
    adopt_encoders,
    build_initialized,
    build_network,
    set_generator,
    widen_network,
)

# What a member goes on from: its own net, a pretrained network, or nothing.
Start = MagnetNet | MagnetNetwork | None
# Rows to learn from, and held-out patients: rows, a cohort of their own, or none.
Split = tuple[np.ndarray, Cohort | np.ndarray | None]
# A trained net, and the outputs of the branches for the held-out patients.
Member = tuple[MagnetNet, np.ndarray | None]


def fit_members(
    config: EnsembleConfig,
    starts: Iterable[Start],
    cohort: Cohort,
    splits: Sequence[Split],
    seeds: Sequence[int],
    execution: Execution,
    n_first: int,
    goes_on: Callable[[list[Member]], bool],
) -> list[Member]:
    """Train some members first, and each other one only if it goes on with those.

    Fewer, with a warning, if somebody interrupts.
    """
    trained: list[MagnetNet] = []

    def fit(number: int, split: Split, seed: int, start: Start) -> Member:
        rows, held_out = split
        held_out = cohort[held_out] if isinstance(held_out, np.ndarray) else held_out
        place = _place(execution, number, len(splits))
        member = fit_member(config, start, cohort[rows], held_out, seed=seed, **place)
        trained.append(member[0])
        return member

    def jobs(some: list[tuple]) -> Iterator:
        for arguments in some:
            if any(net.was_interrupted for net in trained):
                return
            yield delayed(fit)(*arguments)

    numbers = range(1, len(splits) + 1)
    everybody = list(zip(numbers, splits, seeds, starts, strict=False))
    n_jobs = processes.members_at_a_time(execution.n_jobs)
    parallel = Parallel(n_jobs=n_jobs, prefer="threads")
    members = parallel(jobs(everybody[:n_first]))
    while len(members) < len(everybody) and goes_on(members):
        # as many as at a time, of which one may turn out not to count
        next_ones = everybody[len(members) :][: effective_n_jobs(n_jobs)]
        more = parallel(jobs(next_ones))
        kept = _how_many_count(members, more, goes_on)
        members += more[:kept]
        if kept < len(next_ones):
            break
    if any(net.was_interrupted for net in trained):
        _warn_of_interruption(len(members), len(splits))
    return members


def _place(execution, number, n_members):
    """Say where a member is trained, and what is seen and kept of it."""
    checkpoint = execution.checkpoint
    return {
        "device": execution.device,
        "number": number,
        "progress": f"member {number}/{n_members}" if execution.verbose else None,
        "files": None if checkpoint is None else checkpoint.member(number),
        "keeps_optimizer": execution.keeps_optimizer,
    }


def _how_many_count(members, more, goes_on):
    """Return the number of further members up to the first that ends the training."""
    ends = (n for n in range(1, len(more)) if not goes_on(members + more[:n]))
    return next(ends, len(more))


def _warn_of_interruption(n_members, n_wanted):
    warnings.warn(
        f"Training was interrupted. The ensemble has {n_members} of {n_wanted} "
        "members, the last with its best weights so far.",
        UserWarning,
        stacklevel=3,
    )


def fit_member(
    config: EnsembleConfig,
    start: Start,
    train: Cohort,
    held_out: Cohort | None,
    *,
    seed: int,
    device: torch.device,
    number: int = 1,
    progress: str | None = None,
    files: MemberCheckpoint | None = None,
    keeps_optimizer: bool = False,
) -> Member:
    """Train a new network, or train on with an earlier one.

    Parameters
    ----------
    config : EnsembleConfig
        What all members share.
    start : MagnetNet, MagnetNetwork or None
        Net to continue with; a copy of it grows where there are further modalities.
        Of a pretrained network only encoders and fusion are taken over.
    train : Cohort
        Patients to learn from; the only references of the patient graph.
    held_out : Cohort or None
        Patients for early stopping.
    seed : int
        For initial weights and dropout.
    device : torch.device
        Where to train.
    number : int, default=1
        Which member it is; `member` of the net counts from 0.
    progress : str or None, default=None
        Description of the progress bar; None shows none.
    files : MemberCheckpoint or None, default=None
        Where to keep the state after each epoch, and to go on from.
    keeps_optimizer : bool, default=False
        Whether the net keeps the state of its optimiser.

    Returns
    -------
    net : MagnetNet
        Trained, on the CPU, in double precision.
    branches : ndarray of shape (n_held_out, n_branches, n_outputs) or None
        Outputs of the held-out patients.
    """
    if files is not None and (done := files.load().get("done")):
        return done
    if isinstance(start, MagnetNet) and _has_all_modalities(start, config):
        net = start
        net.set_params(device=device, max_epochs=config.optimisation.max_epochs)
        net.module_.to(device, torch.float32)
    else:
        net = new_net(config, start, seed, device, progress)
    net.member = number - 1
    with threads_for(train.X):
        training, queries = _rows(config, train, held_out, seed, device, progress)
        del train  # which `training` has in the form it needs
        generator = torch.Generator(device).manual_seed(processes.own_seed(seed))
        set_generator(net.module_, generator)
        drawn_from = [generator, training.generator, net.iterator_train__generator]
        encoders = zip(net.module_.encoded_alone, net.module_.encoders, strict=True)
        with _frozen([encoder for name, encoder in encoders if name in config.frozen]):
            train_net(net, training, queries, files, drawn_from)
        set_generator(net.module_, None)
        branches = None if queries is None else _branches(net, queries)
    net.forget_training(keeps_optimizer)
    # Double precision keeps a prediction the same in any batch; float32 would not.
    net.module_.to("cpu", torch.float64).eval()
    net.set_params(device="cpu")
    if files is not None and not net.was_interrupted:
        files.save({"done": (net, branches)})
    return net, branches


def make_network(config: EnsembleConfig, seed: int) -> MagnetNetwork:
    """Build a network; weights are drawn on the CPU, the same for every device."""
    generator = torch.Generator().manual_seed(seed)
    network = build_network(config.architecture, generator)
    if config.architecture.skip_connection:
        for head in (network.head, network.graph_head):
            if head is not None:
                for parameter in list(head.children())[-1].parameters():
                    torch.nn.init.zeros_(parameter)
    if config.optimisation.contrastive_weight:
        make_task = partial(ContrastiveTask, network.hidden_dim)
        network.contrast = build_initialized(make_task, generator)
    return network


def _has_all_modalities(net, config):
    """Whether training can go on with the net as it is."""
    return net.module_.modalities == list(config.architecture.shapes)


def new_net(config, start, seed, device, progress):
    """Wrap a network for training: new, pretrained, or a widened earlier one."""
    network, loss = make_network(config, seed), config.loss
    if isinstance(start, MagnetNet):
        network, loss = widen_network(start.module_, network), start.criterion_
    elif start is not None:
        adopt_encoders(network, start)
    return make_net(
        network,
        deepcopy(loss),
        config.optimisation,
        device=device,
        generator=torch.Generator().manual_seed(seed),
        progress=progress,
    )


def _rows(config, train, held_out, seed, device, progress):
    """Training patients, and held-out ones who have only those as references."""
    training_graph = query_graph = None
    if config.graph is not None:
        builder = clone(config.graph).set_params(verbose=int(progress is not None))
        builder.fit(train.X, groups=train.groups)
        training_graph = builder.training_graph_
        if held_out is not None:
            found = builder.connect(held_out.X)
            query_graph = found.among(builder.references_, len(train.X))
    n_hops, batch_size = config.architecture.n_layers, config.optimisation.batch_size
    training = cohort_rows(
        train,
        training_graph,
        device,
        batch_size,
        n_hops=n_hops,
        fan_out=FAN_OUT,
        generator=torch.Generator().manual_seed(processes.own_seed(seed)),
    )
    if held_out is None:
        return training, None
    references = None if config.graph is None else training.table
    queries = cohort_rows(
        held_out, query_graph, device, batch_size, references, n_hops=n_hops
    )
    return training, queries


@torch.no_grad()
def _branches(net, queries):
    """Compute the outputs of the held-out patients, branch by branch."""
    net.module_.eval()
    logits = [net.infer(batch).logits for batch in queries.batches()]
    # on a GPU the last bits may differ between processes, and so might the gates
    return processes.from_first(torch.cat(logits)).double().cpu().numpy()


@contextmanager
def _frozen(modules: Sequence[nn.Module]) -> Iterator[None]:
    """Keep weights and buffers of some modules as they are."""
    # buffers, such as those of batch normalisation, change without any gradient
    states = [deepcopy(module.state_dict()) for module in modules]
    learning = [
        parameter
        for module in modules
        for parameter in module.parameters()
        if parameter.requires_grad
    ]
    for parameter in learning:
        parameter.requires_grad_(False)
    try:
        yield
    finally:
        for parameter in learning:
            parameter.requires_grad_(True)
        for module, state in zip(modules, states, strict=True):
            module.load_state_dict(state)
