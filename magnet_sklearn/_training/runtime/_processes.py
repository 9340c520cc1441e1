"""Training in several processes that hold the same patients, as `torchrun` starts them.

Every process draws the same batches and learns from a share of each. Gradients are
averaged before each step, so that the networks stay alike. Without a process group
nothing here does anything.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import cycle, islice
from zlib import crc32

import numpy as np
import torch
from torch import Tensor
from torch import distributed as dist

from magnet_sklearn._utils._random import spawn_seeds


def world_size() -> int:
    """Count the processes that train together; 1 without a process group."""
    return dist.get_world_size() if dist.is_available() and dist.is_initialized() else 1


def rank() -> int:
    """Return the number of this process, the first is 0."""
    return dist.get_rank() if world_size() > 1 else 0


def share(rows: list[int], number: int, n_processes: int) -> list[int]:
    """Cut out the rows of a batch that one process learns from.

    Parameters
    ----------
    rows : list of int
        Batch.
    number : int
        Number of the process.
    n_processes : int
        How many there are.

    Returns
    -------
    share : list of int
        Equally long in every process: the first rows come twice where they have to,
        so that means over processes are means over the batch.
    """
    length = -(-len(rows) // n_processes)
    return list(islice(cycle(rows), number, length * n_processes, n_processes))


def own_seed(seed: int) -> int:
    """Return a seed for draws that are not to be the same in every process."""
    return seed + rank()


def agreed_seeds(random_state, n_seeds: int) -> list[int]:
    """Draw seeds as `spawn_seeds` does; all processes get those of the first."""
    return from_first(torch.tensor(spawn_seeds(random_state, n_seeds))).tolist()


def members_at_a_time(n_jobs: int | None) -> int | None:
    """Return `n_jobs`; 1 in several processes, whose threads would mix up messages."""
    return n_jobs if world_size() == 1 else 1


def from_first(values: Tensor) -> Tensor:
    """Return what the first process has.

    Parameters
    ----------
    values : Tensor
        Of the same shape in every process.

    Returns
    -------
    values : Tensor
        On the same device.
    """
    if world_size() == 1:
        return values
    sent = _to_send(values)
    dist.broadcast(sent, src=0)
    return sent.to(values.device)


def bytes_from_first(content: bytes) -> bytes:
    """Return the bytes that the first process has."""
    if world_size() == 1:
        return content
    sent = [content]
    dist.broadcast_object_list(sent, src=0)
    return sent[0]


def from_all(values: Tensor) -> list[Tensor]:
    """Return what each process has, of the same shape in all."""
    if world_size() == 1:
        return [values]
    own = _to_send(values)
    found = [torch.empty_like(own) for _ in range(world_size())]
    dist.all_gather(found, own)
    return [part.to(values.device) for part in found]


@torch.no_grad()
def copy_from_first(tensors: Iterable[Tensor]) -> None:
    """Overwrite tensors by those of the first process."""
    if world_size() > 1:
        for tensor in tensors:
            tensor.copy_(from_first(tensor))


def mean(values: Tensor) -> Tensor:
    """Average over processes, to the same bits in each.

    Parameters
    ----------
    values : Tensor
        Of the same shape in every process.

    Returns
    -------
    mean : Tensor
        On the same device, without gradient.
    """
    if world_size() == 1:
        return values
    total = _to_send(values)
    dist.all_reduce(total)
    return (total / world_size()).to(values.device)


def average_gradients(parameters: Iterable[Tensor], loss: Tensor) -> Tensor:
    """Replace gradients by their means over processes.

    Parameters
    ----------
    parameters : iterable of Tensors
        The same in every process. One that no process has a gradient of keeps none;
        one that only some have counts as 0 in the others.
    loss : Tensor of shape ()
        What the gradients are of; it travels with them, as one message is cheaper.

    Returns
    -------
    loss : Tensor of shape ()
        Its mean.
    """
    if world_size() == 1:
        return loss
    learning = [parameter for parameter in parameters if parameter.requires_grad]
    gradients = [
        torch.zeros_like(parameter) if parameter.grad is None else parameter.grad
        for parameter in learning
    ]
    has_one = loss.new_tensor([parameter.grad is not None for parameter in learning])
    parts = [part.reshape(-1) for part in [loss.detach(), has_one, *gradients]]
    averaged = mean(torch.cat(parts)).split([len(part) for part in parts])
    loss_mean, had_one, *means = averaged
    for parameter, part, is_used in zip(learning, means, had_one.tolist(), strict=True):
        if is_used:
            parameter.grad = part.view_as(parameter).to(parameter.dtype)
    return loss_mean[0]


def check_alike(*arrays: np.ndarray) -> None:
    """Check that all processes were given the same patients.

    Parameters
    ----------
    *arrays : ndarrays
        What tells patients apart. The last digits do not count: they differ between
        machines.

    Raises
    ------
    ValueError
        In every process, if the arrays are not the same in all.
    """
    if world_size() == 1:
        return
    digest = 0
    for array in arrays:
        digest = crc32(np.round(np.float64(array), 6).tobytes(), digest)
    found = from_all(torch.tensor([len(arrays[0]), digest]))
    others = [n for n, part in enumerate(found) if not torch.equal(part, found[0])]
    if others:
        sizes = ", ".join(str(int(part[0])) for part in found)
        raise ValueError(
            "The processes were given different patients or targets: "
            f"{', '.join(map(str, others))} not the same as 0 (patients in each: "
            f"{sizes}). Build the same X and y in every process, with a fixed "
            "random_state where rows are drawn; fit shares the rows out."
        )


def _to_send(values: Tensor) -> Tensor:
    """Copy of a tensor where the process group can reach it."""
    copy = values.detach().clone(memory_format=torch.contiguous_format)
    if dist.get_backend() == "nccl" and not copy.is_cuda:
        copy = copy.to("cuda")
    return copy
