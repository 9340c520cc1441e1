"""Points coloured by classes or by numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from magnet_sklearn.plotting._style import (
    GREY,
    LETTER,
    MARKERS,
    PALETTE,
    SEQUENTIAL,
    wrapped,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MOST_CLASSES = 20
_NAME = 24  # letters in a line of the legend


def as_series(values: Any) -> pd.Series:
    """Return values as a Series; one that is a Series stays as it is."""
    if isinstance(values, pd.Series):
        return values
    return pd.Series(np.asarray(values, object)).infer_objects()


def as_classes(values: pd.Series) -> pd.Categorical | None:
    """Return the classes of values, or None of numbers; rare ones become "other"."""
    categories = values.dropna().nunique()
    numeric = pd.api.types.is_numeric_dtype(values)
    if (
        numeric
        and not pd.api.types.is_bool_dtype(values)
        and (categories > _MOST_CLASSES or pd.api.types.is_float_dtype(values))
    ):
        return None
    if not isinstance(values.dtype, pd.CategoricalDtype):
        values = values.where(values.notna()).astype("category")
    classes = values.cat.remove_unused_categories()
    if categories > _MOST_CLASSES:
        kept = classes.value_counts(sort=True).index[: _MOST_CLASSES - 1]
        other = classes.notna() & ~classes.isin(kept)
        classes = classes.cat.remove_categories(classes.cat.categories.difference(kept))
        codes = np.where(other, len(kept), classes.cat.codes)
        names = pd.Index([*classes.cat.categories, "other"])
        return pd.Categorical.from_codes(codes, names)
    return classes.array


def legend_width(values: Any) -> float:
    """Inches that the legend of some values takes."""
    classes = None if values is None else as_classes(as_series(values))
    if classes is None:
        return 1.0
    letters = max((len(str(name)) for name in classes.categories), default=0)
    return _columns(classes) * (0.6 + LETTER * min(letters, _NAME))


def scatter_by(ax: Axes, x: Any, y: Any, values: Any, name: str, **style: Any) -> None:
    """Draw points in colours of classes, with a legend, or of numbers, with a bar."""
    x, y = np.asarray(x), np.asarray(y)
    if values is None:
        ax.scatter(x, y, color=PALETTE[0], lw=0, **style)
        return
    values = as_series(values)
    classes = as_classes(values)
    if classes is None:
        _scatter_numbers(ax, x, y, values.to_numpy(float), name, style)
        return
    for code, category in enumerate(classes.categories):
        rows = classes.codes == code
        color = GREY if category == "other" else PALETTE[code % len(PALETTE)]
        style["marker"] = MARKERS[code // len(PALETTE)]
        ax.scatter(x[rows], y[rows], color=color, lw=0, label=_text(category), **style)
    missing = classes.codes < 0
    if missing.any():
        style["marker"] = "x"
        ax.scatter(x[missing], y[missing], color=GREY, label="unknown", **style)
    # a legend of small points would show no colours
    legend = ax.legend(
        title=wrapped(name, _NAME),
        frameon=False,
        loc="upper left",
        bbox_to_anchor=(1, 1),
        ncols=_columns(classes),
    )
    handles: list[Any] = legend.legend_handles
    for handle in handles:
        handle.set_sizes([40])
        handle.set_alpha(1)


def _scatter_numbers(ax, x, y, values, name, style):
    """Points in shades of numbers; grey where there is none."""
    known = ~np.isnan(values)
    if not known.all():
        ax.scatter(x[~known], y[~known], color=GREY, lw=0, **style)
    points = ax.scatter(
        x[known], y[known], c=values[known], cmap=SEQUENTIAL, lw=0, **style
    )
    ax.figure.colorbar(points, ax=ax, label=wrapped(name, 40))


def _columns(classes):
    """How many columns a legend has."""
    return 1 + len(classes.categories) // 14


def _text(category):
    """Name of a class for a legend, where a leading underscore would hide it."""
    return wrapped(category, _NAME).lstrip("_") or "_"
