"""One patient among the most similar training patients."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from magnet_sklearn._utils import listed
from magnet_sklearn.explain import neighbor_influence
from magnet_sklearn.plotting._scatter import legend_width, scatter_by
from magnet_sklearn.plotting._style import (
    PALE,
    axes_or_new,
    named_rows,
    plain,
    size_for_rows,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class NeighborhoodDisplay:
    """One patient's most similar training patients, with similarity and outcome.

    Make one with `from_estimator` or `from_frame`.

    Parameters
    ----------
    neighbors : DataFrame with column similarity, and maybe outcome and influence
        A row for each neighbour, named by its id.
    title : str, default=""
        Whose neighbours they are.
    influence_label : str, default="influence"
        What the numbers of the column influence are, with their unit.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Axes with the points.
    figure_ : matplotlib Figure
        The figure.

    Examples
    --------
    >>> import pandas as pd
    >>> from magnet_sklearn.plotting import NeighborhoodDisplay
    >>> frame = pd.DataFrame(
    ...     {"similarity": [0.6, 0.9], "outcome": ["relapse", "none"]}, ["p7", "p3"]
    ... )
    >>> display = NeighborhoodDisplay.from_frame(frame)
    >>> display.neighbors.index.tolist()
    ['p3', 'p7']
    """

    def __init__(self, neighbors, *, title="", influence_label="influence"):
        self.neighbors = neighbors
        self.title = title
        self.influence_label = influence_label

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        X: Any,
        y: Any = None,
        *,
        references: Any = None,
        max_neighbors: int = 15,
        ax: Axes | None = None,
        **drawn: Any,
    ) -> NeighborhoodDisplay:
        """Draw the training patients next to a patient.

        Parameters
        ----------
        estimator : fitted estimator
            Any of the four.
        X : multimodal data of shape (1, n_modalities)
            One patient.
        y : array-like or DataFrame with n_training rows, default=None
            Outcomes of the training patients, as they were passed to `fit`.
        references : multimodal data of shape (n_training, n_modalities), default=None
            The training patients, for their ids; needed with ``graph=None``.
        max_neighbors : int, default=15
            How many.
        ax : matplotlib Axes, default=None
            Where to draw. If None, a new figure.
        **drawn : dict
            `outcome`, `influence`, `show_ids`, `title` and `influence_label`, as in
            `from_frame`.

        Returns
        -------
        display : NeighborhoodDisplay
            Of :func:`magnet_sklearn.explain.neighbor_influence`.
        """
        frame = neighbor_influence(
            estimator, X, y, max_neighbors, references=references
        )
        return cls.from_frame(frame, max_neighbors=max_neighbors, ax=ax, **drawn)

    @classmethod
    def from_frame(
        cls,
        frame: Any,
        *,
        similarity: str = "similarity",
        outcome: str = "outcome",
        influence: str = "influence",
        max_neighbors: int = 15,
        show_ids: bool = True,
        title: str = "",
        influence_label: str = "influence",
        ax: Axes | None = None,
    ) -> NeighborhoodDisplay:
        """Draw the rows with the largest similarity.

        Parameters
        ----------
        frame : DataFrame of shape (n_neighbors, n_columns)
            Rows are training patients.
        similarity : str, default="similarity"
            Column with similarities.
        outcome : str, default="outcome"
            Column with classes or numbers for the colours, if there is one.
        influence : str, default="influence"
            Column with what each neighbour changes in the prediction, if there is one;
            written beside the points.
        max_neighbors : int, default=15
            How many.
        show_ids : bool, default=True
            Whether rows are named by id; otherwise they are numbered.
        title : str, default=""
            Whose neighbours they are.
        influence_label : str, default="influence"
            What the influences are, with their unit.
        ax : matplotlib Axes, default=None
            Where to draw. If None, a new figure.

        Returns
        -------
        display : NeighborhoodDisplay
            With the attributes above.

        Raises
        ------
        ValueError
            If the frame has no rows or no such column of similarities.
        """
        if similarity not in frame or not len(frame):
            raise ValueError(
                f"The frame has {len(frame)} rows and the columns {listed(frame)}; it "
                f"needs at least one neighbour and a column {similarity!r}."
            )
        names = {similarity: "similarity", outcome: "outcome", influence: "influence"}
        neighbors = frame[[name for name in names if name in frame]].rename(
            columns=names
        )
        order = np.argsort(-neighbors["similarity"].to_numpy(float), kind="stable")
        neighbors = neighbors.iloc[order[:max_neighbors]]
        if not show_ids:
            numbers = range(1, len(neighbors) + 1)
            neighbors = neighbors.set_axis([f"neighbour {n}" for n in numbers])
        return cls(neighbors, title=title, influence_label=influence_label).plot(ax)

    def plot(self, ax: Axes | None = None) -> NeighborhoodDisplay:
        """Draw the neighbours.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw. If None, a new figure.

        Returns
        -------
        display : NeighborhoodDisplay
            With the attributes above.
        """
        neighbors, names = self.neighbors, list(self.neighbors.index)
        outcome = neighbors.get("outcome")
        width, height = size_for_rows(names)
        self.ax_ = ax = axes_or_new(
            ax, (width + legend_width(outcome) - 1, height + 0.3)
        )
        self.figure_ = ax.figure
        rows = np.arange(len(names))
        similarity = neighbors["similarity"].to_numpy(float)
        ax.hlines(
            rows, np.minimum(similarity.min(), 0), similarity, PALE, lw=2, zorder=0
        )
        scatter_by(ax, similarity, rows, outcome, "outcome", s=60)
        title = self.title
        if "influence" in neighbors and neighbors["influence"].any():
            for row, value in enumerate(neighbors["influence"]):
                ax.annotate(
                    f"{value:+.2g}",
                    (similarity[row], row),
                    (8, 0),
                    textcoords="offset points",
                    va="center",
                )
            title = f"{title}\nnumbers: {self.influence_label}".strip()
        ax.set_xlim(min(similarity.min(), 0), max(similarity.max(), 0) * 1.18 or 1)
        named_rows(ax, names)
        ax.set_xlabel("similarity (cosine; 1 = same direction)")
        ax.set_title(title, loc="left", fontsize="medium")
        plain(ax)
        return self
