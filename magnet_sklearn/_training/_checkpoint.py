"""A training that was killed goes on where it was."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import joblib
import torch
from skorch.callbacks import Callback, EarlyStopping, LRScheduler

from magnet_sklearn._training._distributed import (
    bytes_from_first,
    from_all,
    from_first,
    rank,
)

_KEPT_OF_EARLY_STOPPING = (
    "best_model_weights_",
    "best_epoch_",
    "dynamic_threshold_",
    "misses_",
)


class Checkpoint:
    """Folder with the state of a training, for a second `fit` of the same.

    Every file is written beside its place and then moved there, so that a kill leaves
    the old or the new one, never a half. Of several processes only the first uses the
    folder, and tells the others what is in it.

    Parameters
    ----------
    folder : str or Path
        Made if it does not exist.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self.folder = Path(folder)
        if rank() == 0:
            self.folder.mkdir(parents=True, exist_ok=True)

    def seeds(self, drawn: list[int]) -> list[int]:
        """Keep seeds, or return those that an earlier start of the training drew."""
        path = self.folder / "seeds.json"
        if not self._read(path):
            self._write(path, lambda to: to.write_text(json.dumps(drawn)))
        return json.loads(self._read(path))

    def claim(self, *parts: Any) -> None:
        """Make sure that the folder belongs to a training on these data.

        Parameters
        ----------
        *parts : any
            What decides the result; only a digest is kept.

        Raises
        ------
        ValueError
            If the folder belongs to another training.
        """
        path = self.folder / "digest.txt"
        digest = bytes_from_first(joblib.hash(parts).encode())
        if not self._read(path):
            self._write(path, lambda to: to.write_bytes(digest))
        if self._read(path) != digest:
            raise ValueError(
                f"The checkpoint {str(self.folder)!r} belongs to a training with other "
                "patients or parameters. Choose another folder, or delete this one to "
                "train anew."
            )

    def member(self, number: int) -> MemberCheckpoint:
        """Return the files of one member."""
        return MemberCheckpoint(self, number)

    def _read(self, path: Path) -> bytes:
        """Return what a file holds; nothing if it does not exist."""
        is_there = rank() == 0 and path.exists()
        return bytes_from_first(path.read_bytes() if is_there else b"")

    def _write(self, path: Path, write: Any) -> None:
        """Let `write` fill a file beside `path`, then move it there."""
        if rank() > 0:
            return
        beside = path.with_suffix(f".{os.getpid()}.part")
        write(beside)
        with beside.open("rb") as file:
            os.fsync(file.fileno())
        beside.replace(path)


class MemberCheckpoint:
    """What one member of the ensemble has learned so far.

    Parameters
    ----------
    checkpoint : Checkpoint
        Where to keep it.
    number : int
        Which member.
    """

    def __init__(self, checkpoint: Checkpoint, number: int) -> None:
        self._checkpoint = checkpoint
        self._path = checkpoint.folder / f"member_{number}.pt"

    def save(self, state: dict[str, Any]) -> None:
        """Replace the state."""
        self._checkpoint._write(self._path, lambda to: torch.save(state, to))

    def load(self, device: torch.device | str = "cpu") -> dict[str, Any]:
        """Return the last state; empty if there is none."""
        content = self._checkpoint._read(self._path)
        if not content:
            return {}
        return torch.load(BytesIO(content), map_location=device, weights_only=False)


class SaveNowAndThen(Callback):
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


def net_state(net, generators: Sequence[torch.Generator]) -> dict[str, Any]:
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


def _callbacks(net) -> tuple[Any, Any]:
    """Early stopping, if any, and the schedule of the learning rate."""
    callbacks = [callback for _, callback in net.callbacks_]
    stopping = [c for c in callbacks if isinstance(c, EarlyStopping)]
    schedule = [c for c in callbacks if isinstance(c, LRScheduler)]
    return (stopping or [None])[0], schedule[0]
