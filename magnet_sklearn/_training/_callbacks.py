"""Callbacks of users, and the record of a training."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import copy
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from magnet_sklearn._training._net import MagnetNet
    from magnet_sklearn._training._skorch import Callback

_RENAMED = {"event_lr": "learning_rate", "dur": "seconds"}
_FIRST = ["member", "epoch", "train_loss", "valid_loss", "learning_rate", "seconds"]
# What skorch counts, and flags that say no more than the losses do.
_LEFT_OUT = {"batches", "train_batch_count", "valid_batch_count"}


def own_callbacks(callbacks: Iterable[Any]) -> list[Any]:
    """Copy callbacks for one net: several are trained at a time.

    A copy is shallow, as files and writers cannot be copied; what a callback learns
    begins anew with its `initialize`.

    Parameters
    ----------
    callbacks : iterable of skorch callbacks or (name, callback)
        Of all nets.

    Raises
    ------
    TypeError
        If one is something else.
    """
    return [_own(callback) for callback in callbacks]


def _own(entry: Any) -> Callback | tuple[str, Callback]:
    named = isinstance(entry, tuple) and len(entry) == 2
    callback = entry[1] if named else entry
    if not all(hasattr(callback, name) for name in ("initialize", "on_epoch_end")):
        raise TypeError(
            "callbacks must be skorch callbacks, or pairs (name, callback); got "
            f"{entry!r}. Derive one from skorch.callbacks.Callback."
        )
    return (entry[0], copy(callback)) if named else copy(callback)


def history_frame(nets: Sequence[MagnetNet]) -> pd.DataFrame:
    """Tabulate the epochs of all members.

    Parameters
    ----------
    nets : sequence of MagnetNet
        One per member.

    Returns
    -------
    history : DataFrame with a row per epoch of each member
        Columns member (from 0), epoch, train_loss, valid_loss (with held-out patients
        only), learning_rate, seconds, and what callbacks recorded besides.
    """
    rows = [
        {"member": member}
        | {
            _RENAMED.get(name, name): value
            for name, value in epoch.items()
            if name not in _LEFT_OUT and not name.endswith("_best")
        }
        for member, net in enumerate(nets)
        for epoch in net.history
    ]
    history = pd.DataFrame(rows, columns=None if rows else _FIRST)
    first = [name for name in _FIRST if name in history]
    return history[[*first, *history.columns.difference(first, sort=False)]]
