"""Gene sets that are enriched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from magnet_sklearn._utils import listed
from magnet_sklearn.plotting._style import (
    GREY,
    PALETTE,
    SEQUENTIAL,
    axes_or_new,
    named_rows,
    plain,
    size_for_rows,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_EFFECTS = ("normalized_score", "fold_enrichment")


class EnrichmentDisplay:
    """Gene sets by adjusted p-value: effect across, overlap as size, p as colour.

    Open circles are not significant. Make one with `from_frame`.

    Parameters
    ----------
    sets : DataFrame with columns effect, p_value and maybe overlap
        Rows are gene sets, the one drawn on top first.
    effect_label : str
        What the effect is.
    alpha : float, default=0.05
        Adjusted p-values below it are significant.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Axes with the dots.
    figure_ : matplotlib Figure
        The figure.

    Examples
    --------
    >>> import pandas as pd
    >>> from magnet_sklearn.plotting import EnrichmentDisplay
    >>> result = pd.DataFrame(
    ...     {"p_adjusted": [0.2, 0.001], "nes": [0.8, 2.1]}, ["hypoxia", "apoptosis"]
    ... )
    >>> display = EnrichmentDisplay.from_frame(result, effect="nes")
    >>> display.sets.index.tolist()
    ['apoptosis', 'hypoxia']
    """

    def __init__(self, sets, *, effect_label, alpha=0.05):
        self.sets = sets
        self.effect_label = effect_label
        self.alpha = alpha

    @classmethod
    def from_frame(
        cls,
        frame: Any,
        *,
        effect: str | None = None,
        p_value: str = "p_adjusted",
        overlap: str = "overlap",
        gene_set: str | None = None,
        effect_label: str | None = None,
        max_sets: int = 15,
        alpha: float = 0.05,
        ax: Axes | None = None,
    ) -> EnrichmentDisplay:
        """Draw the sets with the smallest adjusted p-values.

        Parameters
        ----------
        frame : DataFrame of shape (n_sets, n_columns)
            Result of an enrichment.
        effect : str, default=None
            Column drawn across, such as an odds ratio. If None, `normalized_score` or
            `fold_enrichment`, as :func:`magnet_sklearn.explain.pathway_enrichment` has
            them.
        p_value : str, default="p_adjusted"
            Column with adjusted p-values.
        overlap : str, default="overlap"
            Column with numbers of genes, if there is one.
        gene_set : str, default=None
            Column with the names of the sets. If None, the names of the rows.
        effect_label : str, default=None
            What the effect is. If None, the name of its column.
        max_sets : int, default=15
            How many sets.
        alpha : float, default=0.05
            Adjusted p-values below it are significant.
        ax : matplotlib Axes, default=None
            Where to draw. If None, a new figure.

        Returns
        -------
        display : EnrichmentDisplay
            With the attributes above.

        Raises
        ------
        ValueError
            If the frame has no rows, lacks a column, or p-values are not within 0 and
            1.
        """
        if effect is None:
            effect = next((name for name in _EFFECTS if name in frame), _EFFECTS[0])
        needed = [name for name in (effect, p_value, gene_set) if name is not None]
        if not set(needed) <= set(frame) or not len(frame):
            raise ValueError(
                f"The frame has {len(frame)} rows and the columns {listed(frame)}; it "
                f"needs at least one set and the columns {listed(needed)}."
            )
        sets = pd.DataFrame(
            {
                "effect": frame[effect].to_numpy(float),
                "p_value": frame[p_value].to_numpy(float),
            },
            frame.index if gene_set is None else frame[gene_set].to_numpy(),
        )
        if overlap in frame:
            sets["overlap"] = frame[overlap].to_numpy(float)
        if not sets["p_value"].between(0, 1).all():
            raise ValueError(f"Column {p_value!r} has values not within 0 and 1.")
        size = -sets["effect"].abs()
        order = np.lexsort((size, sets["p_value"]))[:max_sets]
        label = effect.replace("_", " ") if effect_label is None else effect_label
        return cls(sets.iloc[order], effect_label=label, alpha=alpha).plot(ax)

    def plot(self, ax: Axes | None = None) -> EnrichmentDisplay:
        """Draw the dots.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw. If None, a new figure.

        Returns
        -------
        display : EnrichmentDisplay
            With the attributes above.
        """
        sets, names = self.sets, list(self.sets.index)
        width, height = size_for_rows(names)
        self.ax_ = ax = axes_or_new(ax, (width + 1.6, max(height, 3.6)))
        self.figure_ = ax.figure
        size = np.full(len(sets), 60.0)
        if "overlap" in sets:
            size = 20 + 160 * sets["overlap"].to_numpy() / sets["overlap"].max()
        # p-values of permutations may be 0
        strength = -np.log10(sets["p_value"].clip(lower=1e-16).to_numpy())
        dots = ax.scatter(
            sets["effect"], np.arange(len(sets)), s=size, c=strength, cmap=SEQUENTIAL
        )
        dots.set_clim(0, max(strength.max(), 2))
        colors = dots.to_rgba(strength)
        is_open = ~(sets["p_value"] < self.alpha).to_numpy()
        dots.set_array(None)
        faces = colors.copy()
        faces[is_open] = 1.0
        dots.set(facecolors=faces, edgecolors=colors, linewidths=1.5)
        bar = ax.figure.colorbar(
            _colors(dots), ax=ax, label="$-\\log_{10}$ adjusted p", shrink=0.8
        )
        bar.ax.axhline(-np.log10(self.alpha), color=PALETTE[1])
        if "overlap" in sets:
            self._size_legend(size)
        if (sets["effect"] < 0).any():
            ax.axvline(0, color=GREY, lw=0.8, zorder=0)
        else:
            ax.set_xlim(left=0)
        ax.margins(x=0.1)
        named_rows(ax, names)
        ax.set_xlabel(self.effect_label)
        plain(ax)
        return self

    def _size_legend(self, size):
        """Say how many genes the smallest and the largest dot stand for."""
        overlap = self.sets["overlap"].to_numpy()
        for place in dict.fromkeys([int(overlap.argmin()), int(overlap.argmax())]):
            genes = f"{overlap[place]:.0f} genes"
            self.ax_.scatter([], [], s=size[place], color=GREY, label=genes)
        self.ax_.legend(frameon=False, loc="lower left", bbox_to_anchor=(0, 1), ncols=2)


def _colors(dots):
    """Scale of colours of dots, for the colour bar."""
    from matplotlib.cm import ScalarMappable

    return ScalarMappable(dots.norm, dots.cmap)
