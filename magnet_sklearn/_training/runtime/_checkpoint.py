"""A training that was killed goes on where it was."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import joblib
import torch

from magnet_sklearn._training.runtime._processes import bytes_from_first, rank

# How `Checkpoint` calls a file that is not yet moved to its place.
_UNFINISHED = re.compile(r"(seeds|digest|member_\d+)\.\d+\.part")


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
            for path in self.folder.iterdir():
                if _UNFINISHED.fullmatch(path.name):
                    path.unlink(missing_ok=True)  # what a kill left

    def seeds(self, drawn: list[int]) -> list[int]:
        """Keep seeds, or return those that an earlier start of the training drew."""
        path = self.folder / "seeds.json"
        if not self._read(path):
            self._write(path, lambda to: to.write_text(json.dumps(drawn)))
        return json.loads(self._read(path))

    def claim(self, *decisive: object) -> None:
        """Make sure that the folder belongs to a training on these data.

        Parameters
        ----------
        *decisive : any
            What decides the result; only a digest is kept.

        Raises
        ------
        ValueError
            If the folder belongs to another training.
        """
        path = self.folder / "digest.txt"
        digest = bytes_from_first(joblib.hash(decisive).encode())
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

    def _write(self, path: Path, write: Callable[[Path], object]) -> None:
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
