"""Bars and beeswarms of the values of features."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from sklearn.utils import check_random_state

from magnet_sklearn._utils import listed
from magnet_sklearn.explain import feature_attribution
from magnet_sklearn.plotting._bars import bars_or_heatmap
from magnet_sklearn.plotting._explained import (
    check_explanation,
    common_unit,
    place_of,
    size_label,
)
from magnet_sklearn.plotting._style import (
    GREY,
    PALETTE,
    SEQUENTIAL,
    axes_or_new,
    named_rows,
    part_name,
    plain,
    size_for_rows,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from magnet_sklearn.explain import Explanation

_KINDS = ("beeswarm", "bar")


class FeatureImportanceDisplay:
    """The most important features: mean sizes, or a point for each patient.

    Of a beeswarm, a point is what the feature adds to the prediction of a patient, and
    its colour what the patient has in this feature: dark is low, bright is high, grey
    is missing or not a number. Make one with `from_estimator` or `from_explanation`.

    Parameters
    ----------
    values : DataFrame of shape (n_patients, n_features)
        What each feature adds, the feature drawn on top first.
    data : DataFrame of shape (n_patients, n_features), default=None
        What the patients have in these features, for the colours.
    label : str, default="contribution"
        What the values are, with their unit.
    mean_label : str, default="mean absolute contribution"
        The same of bars.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Axes with bars or points.
    figure_ : matplotlib Figure
        The figure.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from magnet_sklearn.explain import Explanation
    >>> from magnet_sklearn.plotting import FeatureImportanceDisplay
    >>> explanation = Explanation(
    ...     values=np.array([[[0.2], [-0.5]], [[0.1], [0.4]]]),
    ...     parts=pd.MultiIndex.from_tuples([("rna", "TP53"), ("rna", "ESR1")]),
    ...     index=pd.Index(["p1", "p2"]),
    ...     outputs=["relapse"],
    ...     units=["log-odds"],
    ...     method="contributions",
    ...     base_values=np.zeros((2, 1)),
    ... )
    >>> display = FeatureImportanceDisplay.from_explanation(explanation)
    >>> display.values.columns.tolist()
    ['ESR1 (rna)', 'TP53 (rna)']
    """

    def __init__(
        self,
        values,
        *,
        data=None,
        label="contribution",
        mean_label="mean absolute contribution",
    ):
        self.values = values
        self.data = data
        self.label = label
        self.mean_label = mean_label

    @classmethod
    def from_estimator(
        cls, estimator: Any, X: Any, *, ax: Axes | None = None, **drawn: Any
    ) -> FeatureImportanceDisplay:
        """Draw the most important features of a fitted estimator.

        Parameters
        ----------
        estimator : fitted estimator
            Any of the four.
        X : multimodal data of shape (n_patients, n_modalities)
            Patients.
        ax : matplotlib Axes, default=None
            Where to draw. If None, a new figure.
        **drawn : dict
            `output`, `kind`, `max_features`, `max_patients` and `random_state`, as in
            `from_explanation`.

        Returns
        -------
        display : FeatureImportanceDisplay
            Of :func:`magnet_sklearn.explain.feature_attribution`.
        """
        return cls.from_explanation(feature_attribution(estimator, X), ax=ax, **drawn)

    @classmethod
    def from_explanation(
        cls,
        explanation: Explanation,
        *,
        output: Any = None,
        kind: str = "beeswarm",
        max_features: int = 15,
        max_patients: int = 2000,
        random_state: Any = 0,
        ax: Axes | None = None,
    ) -> FeatureImportanceDisplay:
        """Draw the features with the largest mean sizes.

        Parameters
        ----------
        explanation : Explanation
            Of features.
        output : name of an output, default=None
            Which class, label, target or task; needed if there are several and `kind`
            is "beeswarm". Bars of None are means over all outputs.
        kind : {"beeswarm", "bar"}, default="beeswarm"
            A point per patient, or a bar of the mean size.
        max_features : int, default=15
            How many features.
        max_patients : int, default=2000
            Of more patients than that a random sample is drawn as points; bars are
            means over all.
        random_state : int, RandomState instance or None, default=0
            Seed of the sample.
        ax : matplotlib Axes, default=None
            Where to draw. If None, a new figure.

        Returns
        -------
        display : FeatureImportanceDisplay
            With the attributes above.

        Raises
        ------
        TypeError
            If it is no Explanation.
        ValueError
            If `kind` or output are unknown, or the output is left open.
        """
        if kind not in _KINDS:
            raise ValueError(f"kind is {kind!r}. Choose one of {listed(_KINDS)}.")
        explanation = check_explanation(explanation)
        mean_label = size_label(explanation, output)
        top = explanation.top(max_features, output)
        columns = explanation.parts.get_indexer_for(top.index)
        names = [part_name(part) for part in top.index]
        if kind == "bar":
            display = cls(top.set_axis(names).to_frame().T, mean_label=mean_label)
            return display.plot(ax, kind="bar")
        rows = np.arange(len(explanation))
        if len(rows) > max_patients:
            generator = check_random_state(random_state)
            rows = np.sort(generator.choice(len(rows), max_patients, replace=False))
        values = explanation.values[rows][:, columns, _place(explanation, output)]
        data = explanation.data
        if data is not None:
            data = data.iloc[rows, columns].set_axis(names, axis=1)
        index, of = explanation.index[rows], "" if output is None else f" to {output}"
        what = "value" if explanation.base_values is None else "contribution"
        label = f"{what}{of} ({common_unit(explanation, output)})"
        return cls(
            pd.DataFrame(values, index, names),
            data=data,
            label=label,
            mean_label=mean_label,
        ).plot(ax)

    def plot(
        self, ax: Axes | None = None, *, kind: str = "beeswarm"
    ) -> FeatureImportanceDisplay:
        """Draw bars or points.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw. If None, a new figure.
        kind : {"beeswarm", "bar"}, default="beeswarm"
            A point per patient, or a bar of the mean size.

        Returns
        -------
        display : FeatureImportanceDisplay
            With the attributes above.
        """
        if kind == "bar":
            means = self.values.abs().mean().to_frame()
            self.ax_ = bars_or_heatmap(means, self.mean_label, ax)
        else:
            self.ax_ = axes_or_new(ax, size_for_rows(self.values, 1.25))
            self._draw_points(self.ax_)
        self.figure_ = self.ax_.figure
        return self

    def _draw_points(self, ax):
        """Draw a row of points for each feature."""
        values = self.values.to_numpy(float)
        span = np.ptp(values) or 1.0
        shades = None if self.data is None else _shades(self.data)
        mesh = None
        for row, of_feature in enumerate(values.T):
            y = row + _spread(of_feature, span)
            style: dict[str, Any] = {"s": 12 if len(values) > 50 else 36, "lw": 0}
            style |= {"rasterized": len(values) > 500}
            shade = np.full(len(y), np.nan) if shades is None else shades[:, row]
            known = ~np.isnan(shade)
            color = PALETTE[0] if shades is None else GREY
            ax.scatter(of_feature[~known], y[~known], color=color, **style)
            if known.any():
                style |= {"cmap": SEQUENTIAL, "vmin": 0, "vmax": 1, "c": shade[known]}
                mesh = ax.scatter(of_feature[known], y[known], **style)
        if mesh is not None:
            bar = ax.figure.colorbar(
                mesh, ax=ax, aspect=30, label="value of the feature"
            )
            bar.set_ticks([0, 1], labels=["low", "high"])
            bar.outline.set_visible(False)
        ax.axvline(0, color=GREY, lw=0.8, zorder=0)
        named_rows(ax, list(self.values))
        ax.set_xlabel(self.label)
        plain(ax)


def _place(explanation, output):
    """Position of the output whose values are points."""
    if output is not None:
        return place_of(explanation, output)
    if len(explanation.outputs) == 1:
        return 0
    raise ValueError(
        f"The explanation has the outputs {list(explanation.outputs)!r}; say which one "
        f'to draw: output={explanation.outputs[0]!r}, or pass kind="bar".'
    )


def _shades(data):
    """Ranks of numbers between 0 and 1; NaN where missing or not a number."""
    numbers = data.apply(pd.to_numeric, errors="coerce")
    rank = numbers.rank(method="average") - 1
    return (rank / (numbers.notna().sum() - 1).clip(lower=1)).to_numpy()


def _spread(values, span):
    """Heights at which points do not hide each other, at most .4 from the row."""
    bins = np.round(100 * values / span)
    order = np.lexsort((np.arange(len(bins)), bins))
    _, first, counts = np.unique(bins[order], return_index=True, return_counts=True)
    rank = np.empty(len(bins))
    rank[order] = np.arange(len(bins)) - np.repeat(first, counts)
    side = np.where(rank % 2 == 0, 1, -1) * np.ceil(rank / 2)
    return side * min(0.1, 0.4 / max(counts.max() / 2, 1))
