"""Conversion of units written in UCUM."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from magnet_sklearn._utils import import_optional

# An annotation behind a unit says nothing; one alone is the unit 1.
_ANNOTATION = re.compile(r"(?<=[\w\]%*)'\"])\{[^{}]*\}")
_ALONE = re.compile(r"\{[^{}]*\}")
# Longer ones, and larger powers, stand in no laboratory's results.
_LONGEST = 60
_POWER = re.compile(r"\d{4,}")


def conversion(unit: str, target: str) -> tuple[float, float] | None:
    """Return factor and offset from one unit to another, or None.

    Parameters
    ----------
    unit, target : str
        In UCUM; "" is the unit 1. Annotations such as "{score}" mean nothing.

    Returns
    -------
    conversion : (float, float) or None
        None where units are of different dimensions, or not UCUM.
    """
    given, wanted = _plain(unit), _plain(target)
    if given == wanted:
        return 1.0, 0.0
    if max(len(given), len(wanted)) > _LONGEST or _POWER.search(given):
        return None
    return _converted(given, wanted)


def _plain(unit: str) -> str:
    return _ALONE.sub("1", _ANNOTATION.sub("", unit)).strip() or "1"


@cache
def _registry() -> Any:
    return import_optional("ucumvert", extra="fhir").PintUcumRegistry()


def _parsed(unit: str) -> Any:
    try:
        return _registry().from_ucum(unit)
    except ImportError:
        raise
    except Exception:  # each layer below has errors of its own
        return None


@cache
def _converted(unit: str, target: str) -> tuple[float, float] | None:
    given, wanted = _parsed(unit), _parsed(target)
    if given is None or wanted is None:
        return None
    try:
        at = [
            float(_registry().Quantity(x * given.m, given.u).to(wanted.u).m / wanted.m)
            for x in (0.0, 1.0, 2.0)
        ]
    except Exception:  # dimensions, logarithms, overflow
        return None
    factor = at[1] - at[0]
    is_linear = abs(at[2] - at[1] - factor) <= 1e-9 * max(map(abs, at))
    return (factor, at[0]) if is_linear else None
