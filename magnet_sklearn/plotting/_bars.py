"""Values of named rows and columns: bars, or a heat map of many columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from magnet_sklearn.plotting._style import (
    GREY,
    PALETTE,
    SEQUENTIAL,
    axes_or_new,
    named_rows,
    plain,
    size_for_rows,
    wrapped,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MOST_BARS = 6  # more colours side by side than this are hard to follow


def bars_or_heatmap(values: pd.DataFrame, label: str, ax: Axes | None) -> Axes:
    """Draw a row for each row of a frame, and say what the values are."""
    n_columns = values.shape[1]
    if n_columns > _MOST_BARS:
        return _heatmap(values, label, ax)
    ax = axes_or_new(ax, size_for_rows(values.index, (1 + n_columns) / 2))
    height = 0.8 / n_columns
    for place, name in enumerate(values):
        rows = [row - 0.4 + height * (place + 0.5) for row in range(len(values))]
        color = PALETTE[place]
        bars = ax.barh(
            rows, values[name], height * 0.92, color=color, label=wrapped(name, 24)
        )
        ax.bar_label(bars, fmt="%.3g", padding=3, fontsize="small")
    if n_columns > 1:
        ax.legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1))
    if (values.to_numpy() < 0).any():
        ax.axvline(0, color=GREY, lw=0.8)
    ax.margins(x=0.12)
    named_rows(ax, list(values.index))
    ax.set_xlabel(label)
    plain(ax)
    return ax


def _heatmap(values, label, ax):
    """Cells in colours, with a colour bar."""
    width, height = size_for_rows(values.index)
    ax = axes_or_new(ax, (width - 3 + 0.4 * values.shape[1], height + 1))
    mesh = ax.pcolormesh(values.to_numpy(), cmap=SEQUENTIAL, edgecolors="white", lw=1)
    mesh.set_clim(min(0.0, values.to_numpy().min()), None)
    ax.figure.colorbar(mesh, ax=ax, label=wrapped(label, 28))
    places = [place + 0.5 for place in range(values.shape[1])]
    ax.set_xticks(places, [wrapped(name, 24) for name in values], rotation=90)
    rows = [row + 0.5 for row in range(len(values))]
    ax.set_yticks(rows, [wrapped(name) for name in values.index])
    ax.invert_yaxis()
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    return ax
