"""A training that says how it goes."""

from __future__ import annotations

from collections.abc import Callable

from magnet_sklearn._training._skorch import Callback


class EpochReporter(Callback):
    """Tells the held-out loss of the first member after each epoch.

    Parameters
    ----------
    report : callable
        Called with the number of the epoch, from 1, and the loss. What it raises ends
        the training.
    """

    def __init__(self, report: Callable[[int, float], None]) -> None:
        self.report = report

    def on_epoch_end(self, net, **kwargs):
        """Tell the loss, if there are held-out patients."""
        last = net.history[-1]
        if net.member == 0 and "valid_loss" in last:
            self.report(last["epoch"], float(last["valid_loss"]))
