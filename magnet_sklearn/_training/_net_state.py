"""What the next epoch of a net starts from, so that a training can go on."""

from __future__ import annotations

import time
from collections.abc import Sequence
from copy import deepcopy
from itertools import chain
from typing import TYPE_CHECKING, Any

import torch

from magnet_sklearn._training._skorch import Callback, EarlyStopping, LRScheduler
from magnet_sklearn._training.runtime._checkpoint import MemberCheckpoint
from magnet_sklearn._training.runtime._processes import from_all, from_first, rank

if TYPE_CHECKING:
    from magnet_sklearn._training._net import MagnetNet

_KEPT_OF_EARLY_STOPPING = (
    "best_model_weights_",
    "best_epoch_",
    "dynamic_threshold_",
    "misses_",
)


class SaveNetState(Callback):
    """Keeps all that the next epoch starts from, for a tenth of the time at most.

    Parameters
    ----------
    files : MemberCheckpoint
        Where to keep it.
    generators : sequence of torch.Generator
        Random numbers that training draws from.
    """

    def __init__(
        self, files: MemberCheckpoint, generators: Sequence[torch.Generator]
    ) -> None:
        self.files = files
        self.generators = generators
        self._next = 0.0

    def on_epoch_end(self, net, **kwargs):
        """Save if it is time, after all other callbacks had their say."""
        start = time.monotonic()
        # the clocks of several processes differ, and all have to take part
        if from_first(torch.tensor(start >= self._next)):
            self.files.save(net_state(net, self.generators))
            end = time.monotonic()
            self._next = end + 9 * (end - start)


def net_state(net: MagnetNet, generators: Sequence[torch.Generator]) -> dict[str, Any]:
    """Return what a net's next epoch depends on.

    Parameters
    ----------
    net : MagnetNet
        In training.
    generators : sequence of torch.Generator
        Random numbers that training draws from.

    Returns
    -------
    state : dict
        For `restore_net`.
    """
    stopping, schedule = _callbacks(net)
    kept = {name: getattr(stopping, name, None) for name in _KEPT_OF_EARLY_STOPPING}
    return {
        "module": net.module_.state_dict(),
        "criterion": net.criterion_.state_dict(),
        "optimizer": net.optimizer_.state_dict(),
        "schedule": schedule.lr_scheduler_.state_dict(),
        "stopping": kept if stopping else {},
        "history": net.history_,
        "generators": [from_all(generator.get_state()) for generator in generators],
    }


def restore_net(
    net, state: dict[str, Any], generators: Sequence[torch.Generator]
) -> None:
    """Put a net whose training has begun into the state of an earlier one.

    Parameters
    ----------
    net : MagnetNet
        Changed in place.
    state : dict
        From `net_state`.
    generators : sequence of torch.Generator
        In the same order.
    """
    stopping, schedule = _callbacks(net)
    net.module_.load_state_dict(state["module"])
    net.criterion_.load_state_dict(state["criterion"])
    net.optimizer_.load_state_dict(state["optimizer"])
    schedule.lr_scheduler_.load_state_dict(state["schedule"])
    for name, value in state["stopping"].items():
        setattr(stopping, name, value)
    net.history_ = state["history"]
    for generator, drawn in zip(generators, state["generators"], strict=True):
        generator.set_state(drawn[rank() % len(drawn)].cpu())


def in_single_precision(net: MagnetNet) -> dict[str, Any]:
    """Copy the trained parts of a net, double precision halved where it is not needed.

    Weights are learned in single precision and used in double precision, which holds
    no further digit.
    """
    # together, as the optimiser refers to the weights
    parts = deepcopy({"module_": net.module_, "optimizer_": net.optimizer_})
    network = parts["module_"]
    for tensor in chain(network.parameters(), network.buffers()):
        single = tensor.data.float()
        if tensor.dtype == torch.float64 and torch.equal(single.double(), tensor.data):
            tensor.data = single
    return parts


def _callbacks(net: MagnetNet) -> tuple[EarlyStopping | None, LRScheduler]:
    """Early stopping, if any, and the schedule of the learning rate."""
    callbacks = [callback for _, callback in net.callbacks_]
    stopping = [c for c in callbacks if isinstance(c, EarlyStopping)]
    schedule = [c for c in callbacks if isinstance(c, LRScheduler)]
    return stopping[0] if stopping else None, schedule[0]
