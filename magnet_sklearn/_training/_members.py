"""Members of an ensemble, one after the other or in threads."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator

import numpy as np
import torch
from joblib import Parallel, delayed

from magnet_sklearn._training._checkpoint import Checkpoint
from magnet_sklearn._training._cohort import Cohort
from magnet_sklearn._training._distributed import members_at_a_time
from magnet_sklearn._training._member import Recipe, train_member
from magnet_sklearn._training._net import MagnetNet
from magnet_sklearn.nn import MagnetNetwork


def train_members(
    recipe: Recipe,
    earlier: Iterable[MagnetNet | MagnetNetwork | None],
    cohort: Cohort,
    splits: list[tuple[np.ndarray, Cohort | np.ndarray | None]],
    *,
    seeds: list[int],
    device: torch.device,
    n_jobs: int | None,
    verbose: int,
    checkpoint: Checkpoint | None,
) -> list[tuple[MagnetNet, np.ndarray | None]]:
    """Train all members; fewer, with a warning, if somebody interrupts.

    Parameters
    ----------
    recipe : Recipe
        What all members share.
    earlier : iterable of MagnetNet, MagnetNetwork or None
        What each member starts from, see :func:`train_member`.
    cohort : Cohort
        All training patients.
    splits : list of (train, held_out)
        For each member the rows to learn from and the patients for early stopping:
        rows of `cohort`, a cohort of their own, or None.
    seeds : list of int
        One a member.
    device : torch.device
        Where to train.
    n_jobs : int or None
        Members trained at a time, in threads; 1 in several processes.
    verbose : int
        1 shows a progress bar.
    checkpoint : Checkpoint or None
        Where to keep the state of the training, and to go on from.

    Returns
    -------
    members : list of (net, paths)
        What :func:`train_member` returns.
    """
    trained: list[MagnetNet] = []

    def train(number, split, seed, start):
        rows, held = split
        net, paths = train_member(
            recipe,
            start,
            cohort[rows],
            cohort[held] if isinstance(held, np.ndarray) else held,
            seed=seed,
            device=device,
            progress=f"member {number}/{len(splits)}" if verbose else None,
            files=None if checkpoint is None else checkpoint.member(number),
        )
        trained.append(net)
        return net, paths

    def jobs() -> Iterator:
        numbers = range(1, len(splits) + 1)
        for arguments in zip(numbers, splits, seeds, earlier, strict=False):
            if any(net.was_interrupted for net in trained):
                return
            yield delayed(train)(*arguments)

    members = Parallel(n_jobs=members_at_a_time(n_jobs), prefer="threads")(jobs())
    if any(net.was_interrupted for net in trained):
        warnings.warn(
            f"Training was interrupted. The ensemble has {len(members)} of "
            f"{len(splits)} members, the last with its best weights so far.",
            UserWarning,
            stacklevel=2,
        )
    return members
