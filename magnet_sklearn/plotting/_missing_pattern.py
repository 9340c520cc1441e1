"""Chart of which modalities are observed together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from magnet_sklearn.plotting._patterns import missing_patterns
from magnet_sklearn.plotting._style import (
    PALE,
    PALETTE,
    axes_or_new,
    panels,
    plain,
    size_for_rows,
    wrapped,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class MissingPatternDisplay:
    """Which modalities are observed together, and in how many patients.

    A column per pattern (an UpSet chart [1]_): the bar above counts its patients, dark
    dots below are the modalities that these have. Make one with `from_data`.

    Parameters
    ----------
    patterns : DataFrame of bool of shape (n_patterns, n_modalities)
        Columns are modalities; True = observed.
    counts : array-like of shape (n_patterns,)
        Patients with each pattern.

    Attributes
    ----------
    bounding_ax_ : matplotlib Axes
        The axes given or made, in which the two others stand.
    ax_ : matplotlib Axes
        Axes with the bars.
    axes_ : list of matplotlib Axes
        Those of bars and dots.
    figure_ : matplotlib Figure
        The figure.

    References
    ----------
    .. [1] A. Lex et al., "UpSet: visualization of intersecting sets", IEEE Transactions
       on Visualization and Computer Graphics 20 (2014).

    Examples
    --------
    >>> import numpy as np
    >>> from magnet_sklearn.plotting import MissingPatternDisplay
    >>> X = {"rna": [[1.0], [2.0], [np.nan]], "age": [[61], [48], [55]]}
    >>> display = MissingPatternDisplay.from_data(X)
    >>> display.counts.tolist()
    [2, 1]
    """

    def __init__(self, patterns, counts):
        self.patterns = patterns
        self.counts = counts

    @classmethod
    def from_data(
        cls,
        X: Any,
        *,
        modalities: Any = None,
        max_patterns: int = 20,
        ax: Axes | None = None,
    ) -> MissingPatternDisplay:
        """Count the patterns of multimodal data and draw them.

        Parameters
        ----------
        X : multimodal data of shape (n_patients, n_modalities)
            Anything that the estimators take.
        modalities : dict of str to columns, default=None
            For flat X, as in the estimators.
        max_patterns : int, default=20
            Only this many patterns, the most frequent ones, are drawn.
        ax : matplotlib Axes, default=None
            Where to draw. If None, a new figure.

        Returns
        -------
        display : MissingPatternDisplay
            With the attributes above.
        """
        found = missing_patterns(X, modalities)
        return cls(found.observed, found.counts).plot(ax, max_patterns=max_patterns)

    def plot(
        self, ax: Axes | None = None, *, max_patterns: int = 20
    ) -> MissingPatternDisplay:
        """Draw the chart.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw. If None, a new figure.
        max_patterns : int, default=20
            Only this many patterns, the first ones, are drawn.

        Returns
        -------
        display : MissingPatternDisplay
            With the attributes above.
        """
        counts = np.asarray(self.counts)
        shown = min(max_patterns, len(counts))
        share = counts @ self.patterns.to_numpy() / counts.sum()
        names = [
            f"{name} ({part:.0%})"
            for name, part in zip(self.patterns, share, strict=True)
        ]
        width, height = size_for_rows(names)
        size = width - 4.8 + max(0.42 * shown + 0.8, 2.6), height + 1.8
        self.bounding_ax_ = axes_or_new(ax, size)
        self.figure_ = self.bounding_ax_.figure
        self.axes_ = panels(self.bounding_ax_, [2.0, 0.3 * len(names) + 0.2])
        self.ax_ = self.axes_[0]
        self._draw_bars(counts[:shown], counts.sum())
        self._draw_dots(self.patterns.iloc[:shown], names, len(counts))
        return self

    def _draw_bars(self, counts, n_patients):
        """Bars with their counts."""
        ax = self.ax_
        bars = ax.bar(range(len(counts)), counts, width=0.6, color=PALETTE[0])
        ax.bar_label(
            bars,
            [f"{count:,}" for count in counts],
            padding=2,
            rotation=90 if counts.max() >= 10_000 else 0,
        )
        ax.margins(y=0.3 if counts.max() >= 10_000 else 0.12)
        ax.set_ylabel(f"patients\n({n_patients:,} in all)")
        ax.locator_params(axis="y", integer=True, nbins=6)
        ax.tick_params(axis="x", length=0)
        plain(ax)

    def _draw_dots(self, patterns: pd.DataFrame, names, n_patterns):
        """Dots of the modalities, dark where observed, joined by a line."""
        ax, observed = self.axes_[1], patterns.to_numpy()
        column, row = np.indices(observed.shape)
        ax.scatter(column, row, s=60, c=np.where(observed, PALETTE[6], PALE).ravel())
        for place, rows in enumerate(observed):
            there = np.flatnonzero(rows)
            if len(there):
                ax.plot([place] * 2, there[[0, -1]], color=PALETTE[6], lw=1.5)
        ax.set_yticks(range(len(names)), [wrapped(name) for name in names])
        ax.set_ylim(len(names) - 0.5, -0.5)
        ax.set_xlim(-0.6, max(len(patterns), 4) - 0.4)
        ax.set_xticks([])
        ax.tick_params(length=0)
        ax.spines[:].set_visible(False)
        of = (
            f"the {len(patterns)} most frequent of "
            if len(patterns) < n_patterns
            else ""
        )
        patterns_are = "pattern" if n_patterns == 1 else "patterns"
        ax.set_xlabel(f"observed together: {of}{n_patterns} {patterns_are}")
