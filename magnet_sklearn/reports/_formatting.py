"""How numbers are written in reports, and where they lie in pictures."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

MINUS = "\N{MINUS SIGN}"


def number(value: Any, digits: int = 3) -> str:
    """Write a number with some significant digits, without an exponent if short."""
    if value is None:
        return "unknown"
    if isinstance(value, str | bool):
        return str(value)
    if value == 0 or 1e-3 <= abs(value) < 1e6:
        places = max(0, digits - 1 - math.floor(math.log10(abs(value) or 1)))
        text = f"{value:.{min(places, digits + 2)}f}"
    else:
        text = f"{value:.{digits}g}"
    if "." in text and "e" not in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace("-", MINUS)


def signed(value: float) -> str:
    """Write a number with its sign."""
    text = number(value)
    return text if value <= 0 else f"+{text}"


def percent(value: float | None) -> str:
    """Write a probability; extreme ones as bounds, never as certain."""
    if value is None:
        return "unknown"
    if 0 < value < 0.01:
        return "under 1\N{NO-BREAK SPACE}%"
    if 0.99 < value < 1:
        return "over 99\N{NO-BREAK SPACE}%"
    return f"{100 * value:.0f}\N{NO-BREAK SPACE}%"


def score(value: float) -> str:
    """Write a score with three decimals, a large one with three digits."""
    text = f"{value:.3f}" if abs(value) < 100 else f"{value:.3g}"
    return text.replace("-", MINUS)


def listed(names: Sequence[str]) -> str:
    """Join names with commas and an "and"."""
    *first, last = map(str, names)
    return f"{', '.join(first)} and {last}" if first else last


def ticks(low: float, high: float, n: int = 5) -> list[float]:
    """Return round numbers from low to high."""
    span = high - low
    if not span > 0:
        return [low]
    step = 10 ** math.floor(math.log10(span / n))
    step *= next(factor for factor in (1, 2, 5, 10) if step * factor * n >= span)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [round(place * step, 12) for place in range(first, last + 1)]


def reach(rows: Sequence[dict[str, Any]], *names: str) -> float:
    """Return the largest size of some entries, for the scale of a picture."""
    sizes = [abs(row[n]) for row in rows for n in names if row[n] is not None]
    return max([*sizes, 1e-12])


def error_bars(points: Sequence[dict[str, Any]]) -> list[tuple[float, ...]]:
    """Return where each point lies across, and the ends of its interval."""
    return [(row["predicted"], row["lower"], row["upper"]) for row in points]


def line(xs: Sequence[float], ys: Sequence[float | None]) -> list[tuple[float, ...]]:
    """Return the points of a line that are known."""
    return [(x, y) for x, y in zip(xs, ys, strict=True) if y is not None]


FILTERS: dict[str, Callable] = {
    "number": number,
    "signed": signed,
    "percent": percent,
    "score": score,
    "listed": listed,
    "ticks": ticks,
    "reach": reach,
    "error_bars": error_bars,
    "line": line,
}
