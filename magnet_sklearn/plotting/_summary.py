"""Who speaks in a fitted model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
from sklearn.utils.validation import check_is_fitted

from magnet_sklearn._utils import listed
from magnet_sklearn.plotting._bars import bars_or_heatmap

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Weights, which share an axis; gains and seconds do not.
_PARTS = (
    "family",
    "trust in modality",
    "share of joint experts",
    "joint family",
    "gate",
)


class SummaryDisplay:
    """Who speaks in a fitted model: families of experts, modalities, gates of networks.

    Make one with `from_estimator`. 0 is no influence; weights of families sum to 1.

    Parameters
    ----------
    weights : DataFrame of shape (n_weights, n_tasks)
        Rows are named by part and name.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Axes with the bars.
    figure_ : matplotlib Figure
        The figure.

    Examples
    --------
    >>> import pandas as pd
    >>> from magnet_sklearn.plotting import SummaryDisplay
    >>> summary = pd.DataFrame(
    ...     {
    ...         "task": ["y", "y", "y"],
    ...         "part": ["family", "family", "gate"],
    ...         "name": ["linear", "forest", "graph"],
    ...         "value": [0.7, 0.3, 0.0],
    ...     }
    ... )
    >>> SummaryDisplay.from_frame(summary).weights["y"].to_dict()
    {'family: linear': 0.7, 'family: forest': 0.3, 'gate: graph': 0.0}
    """

    def __init__(self, weights):
        self.weights = weights

    @classmethod
    def from_estimator(
        cls, estimator: Any, *, ax: Axes | None = None
    ) -> SummaryDisplay:
        """Draw the weights in the `summary_` of a fitted estimator.

        Parameters
        ----------
        estimator : fitted estimator
            Any of the four.
        ax : matplotlib Axes, default=None
            Where to draw. If None, a new figure.

        Returns
        -------
        display : SummaryDisplay
            With the attributes above.
        """
        check_is_fitted(estimator)
        return cls.from_frame(estimator.summary_, ax=ax)

    @classmethod
    def from_frame(cls, summary: Any, *, ax: Axes | None = None) -> SummaryDisplay:
        """Draw the weights in such a frame.

        Parameters
        ----------
        summary : DataFrame with columns task, part, name and value
            As the `summary_` of an estimator is.
        ax : matplotlib Axes, default=None
            Where to draw. If None, a new figure.

        Returns
        -------
        display : SummaryDisplay
            With the attributes above.

        Raises
        ------
        ValueError
            If the frame has other columns, or no weights.
        """
        columns = ["task", "part", "name", "value"]
        if not set(columns) <= set(summary):
            raise ValueError(
                f"summary has the columns {listed(summary)}; expected are "
                f"{listed(columns)}, as in estimator.summary_."
            )
        rows = summary[summary["part"].isin(_PARTS)]
        if rows.empty:
            raise ValueError(f"summary has no row of a part {listed(_PARTS)}.")
        place = rows["part"].map(_PARTS.index)
        rows = rows.iloc[place.argsort(kind="stable")]
        names = rows["part"].str.cat(rows["name"].astype(str), ": ")
        index = pd.MultiIndex.from_arrays([names, rows["task"]])
        values = pd.Series(rows["value"].to_numpy(float), index)
        weights = values.unstack().reindex(
            index=names.unique(), columns=rows["task"].unique()
        )
        return cls(weights).plot(ax)

    def plot(self, ax: Axes | None = None) -> SummaryDisplay:
        """Draw the bars.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw. If None, a new figure.

        Returns
        -------
        display : SummaryDisplay
            With the attributes above.
        """
        self.ax_ = bars_or_heatmap(self.weights, "weight (0 = no influence)", ax)
        self.figure_ = self.ax_.figure
        return self
