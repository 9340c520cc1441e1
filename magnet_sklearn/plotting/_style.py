"""Axes, colours and labels that all displays share."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from magnet_sklearn._utils import import_optional

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Okabe and Ito's colours, told apart with any colour vision; the pale ones come last.
PALETTE = (
    "#0072B2",
    "#D55E00",
    "#009E73",
    "#CC79A7",
    "#E69F00",
    "#56B4E9",
    "#000000",
    "#F0E442",
)
MARKERS = ("o", "^", "s")
DASHES = ("-", "--", ":")
GREY = "#7f7f7f"
PALE = "#d9d9d9"
SEQUENTIAL = "viridis"
ROW, LETTER = 0.3, 0.075  # inches, at the default size of text


def axes_or_new(ax: Axes | None, size: tuple[float, float]) -> Axes:
    """Return the user's axes, or those of a new figure of a size in inches."""
    if ax is not None:
        return ax
    pyplot = import_optional("matplotlib.pyplot", extra="plot")
    return pyplot.subplots(figsize=size, layout="constrained")[1]


def panels(ax: Axes, heights: Sequence[float]) -> list[Axes]:
    """Divide axes into panels, one below the other, that share the horizontal axis."""
    ax.set_axis_off()
    edges = 1 - np.cumsum([0.0, *heights]) / sum(heights)
    made: list[Axes] = []
    for top, bottom in zip(edges[:-1], edges[1:], strict=True):
        gap = 0.0 if bottom < 1e-9 else 0.04
        box = (0.0, bottom + gap, 1.0, top - bottom - gap)
        made.append(ax.inset_axes(box, sharex=made[0] if made else None))
        made[-1].tick_params(labelbottom=bottom < 1e-9)
    return made


def size_for_rows(names: Iterable[Any], columns: float = 1) -> tuple[float, float]:
    """Inches of a figure with a row for each name, and its name beside it."""
    lines = [len(line) for name in names for line in wrapped(name).split("\n")]
    width = 4.8 + LETTER * max(lines, default=0)
    return width, 1.2 + ROW * max(len(lines) * columns, 3)


def wrapped(name: Any, width: int = 44) -> str:
    """Text of a name; a very long one is broken into even lines, never cut."""
    text = str(name)
    if len(text) <= width:
        return text
    n_lines = -(-len(text) // width)
    # names of gene sets have underscores in place of blanks
    lines = textwrap.wrap(text.replace("_", "_\0 "), len(text) // n_lines + 8)
    return "\n".join(line.replace("\0 ", "").replace("\0", "") for line in lines)


def named_rows(ax: Axes, names: Sequence[Any]) -> None:
    """Write a name beside each row, the first one on top."""
    ax.set_yticks(range(len(names)), [wrapped(name) for name in names])
    ax.set_ylim(len(names) - 0.5, -0.5)
    ax.tick_params(axis="y", length=0)


def plain(ax: Axes) -> None:
    """Take away the frame where it carries nothing."""
    ax.spines[["top", "right"]].set_visible(False)


def part_name(part: Any) -> str:
    """Name of a modality, or of a feature with its modality."""
    if not isinstance(part, tuple):
        return str(part)
    return f"{part[1]} ({part[0]})" if len(part) == 2 else " ".join(map(str, part))
