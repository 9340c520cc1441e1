"""Loss of all networks by epoch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sklearn.utils.validation import check_is_fitted

from magnet_sklearn.plotting._style import PALETTE, axes_or_new, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LOSSES = {"train_loss": "training", "valid_loss": "held-out"}


class LearningCurvesDisplay:
    """Loss of the networks by epoch, a line for each member of the ensemble.

    Dots are the epochs with the lowest held-out loss. Make one with `from_estimator`.

    Parameters
    ----------
    history : DataFrame with columns member, epoch, train_loss and maybe valid_loss
        A row for each epoch of each member.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Axes with the curves.
    figure_ : matplotlib Figure
        The figure.

    Examples
    --------
    >>> import pandas as pd
    >>> from magnet_sklearn.plotting import LearningCurvesDisplay
    >>> history = pd.DataFrame(
    ...     {
    ...         "member": [0, 0, 0],
    ...         "epoch": [1, 2, 3],
    ...         "train_loss": [0.7, 0.5, 0.3],
    ...         "valid_loss": [0.7, 0.6, 0.8],
    ...     }
    ... )
    >>> display = LearningCurvesDisplay(history).plot()
    >>> display.ax_.get_xlabel()
    'epoch'
    """

    def __init__(self, history):
        self.history = history

    @classmethod
    def from_estimator(
        cls, estimator: Any, *, ax: Axes | None = None
    ) -> LearningCurvesDisplay:
        """Draw the histories of the networks of a fitted estimator.

        Parameters
        ----------
        estimator : fitted estimator
            Any of the four.
        ax : matplotlib Axes, default=None
            Where to draw. If None, a new figure.

        Returns
        -------
        display : LearningCurvesDisplay
            With the attributes above.
        """
        check_is_fitted(estimator)
        return cls(estimator.history_).plot(ax)

    def plot(self, ax: Axes | None = None) -> LearningCurvesDisplay:
        """Draw the curves.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw. If None, a new figure.

        Returns
        -------
        display : LearningCurvesDisplay
            With the attributes above.
        """
        self.ax_ = ax = axes_or_new(ax, (6.4, 4.0))
        self.figure_ = ax.figure
        members = self.history.groupby("member", sort=False)
        losses = [name for name in _LOSSES if name in self.history]
        for place, (_, member) in enumerate(members):
            for name, color in zip(losses, PALETTE, strict=False):
                label = f"{_LOSSES[name]} patients" if place == 0 else None
                ax.plot(member["epoch"], member[name], color=color, lw=1, label=label)
            if "valid_loss" in losses and member["valid_loss"].notna().any():
                best = member.loc[member["valid_loss"].idxmin()]
                ax.plot(best["epoch"], best["valid_loss"], "o", color=PALETTE[1], ms=5)
        ax.locator_params(axis="x", integer=True)
        ax.set_xlabel("epoch")
        networks = "1 network" if len(members) == 1 else f"{len(members)} networks"
        ax.set_ylabel(f"loss of {networks}")
        ax.legend(frameon=False, loc="lower left", bbox_to_anchor=(0, 1), ncols=2)
        plain(ax)
        return self
