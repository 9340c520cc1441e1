"""Features as a mapping declares them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from magnet_sklearn._utils import choose, listed
from magnet_sklearn.data import did_you_mean, quoted
from magnet_sklearn.io.fhir._codes import CodePattern
from magnet_sklearn.io.fhir._resource_types import TYPES

NUMBER_AGGREGATES = ("last", "first", "mean", "min", "max", "slope", "count", "any")
_AGGREGATES = {
    "number": NUMBER_AGGREGATES,
    "category": ("last", "first", "count", "any"),
    "presence": ("any", "count"),
}
_ABSENT = ("recorded", "zero", "missing")
_NAMES = [
    "resource",
    "codes",
    "where",
    "value",
    "kind",
    "unit",
    "factors",
    "categories",
    "aggregate",
    "window",
    "absent",
]
_EVER = (-math.inf, 0.0)


@dataclass(frozen=True)
class Feature:
    """A feature, and the resources it is made of.

    Parameters
    ----------
    modality, name : str
        Where its columns stand, and what they are called.
    resources : tuple of str
        Types of resources.
    codes : tuple of CodePattern
        Codes of the resources, or of components; none is all.
    where : tuple of pairs of CodePattern
        Codes and coded values that the resource must have too.
    value : list of str or None
        Path of the value. None is value[x].
    kind : {"number", "category", "presence"}
        What is taken.
    unit : str or None
        UCUM unit of the column.
    factors : dict of str to (float, float)
        Factor and offset from other units.
    categories : dict of str to tuple of CodePattern
        Names of coded values.
    aggregates : tuple of str
        One column each.
    window : (float, float)
        Days before and after the index date.
    absent : {"recorded", "zero", "missing"}
        What presence and count are where there is nothing.
    """

    modality: str
    name: str
    resources: tuple[str, ...]
    codes: tuple[CodePattern, ...]
    where: tuple[tuple[CodePattern, CodePattern], ...]
    value: list[str] | None
    kind: str
    unit: str | None
    factors: dict[str, tuple[float, float]]
    categories: dict[str, tuple[CodePattern, ...]]
    aggregates: tuple[str, ...]
    window: tuple[float, float]
    absent: str
    is_single: bool = field(default=True)

    @property
    def columns(self) -> list[str]:
        """Name of the column of each aggregate."""
        if self.is_single:
            return [self.name]
        return [f"{self.name}_{aggregate}" for aggregate in self.aggregates]


def parse_features(modality: str, name: str, spec: Any) -> list[Feature]:
    """Return the features of one declaration; several where codes are named."""
    where = f"Feature {name!r} of modality {modality!r}"
    if not isinstance(spec, Mapping):
        raise TypeError(f"{where} must be a dict, got a {type(spec).__name__}.")
    for key in spec:
        if key not in _NAMES:
            raise ValueError(
                f"{where} has an unknown entry {key!r}.{did_you_mean(key, _NAMES)} "
                f"Entries: {quoted(_NAMES)}."
            )
    codes = spec.get("codes", [])
    if not isinstance(codes, Mapping):
        return [_parse(modality, name, spec, codes, where)]
    return [
        _parse(modality, f"{name}_{label}", spec, own, where)
        for label, own in codes.items()
    ]


def _parse(modality, name, spec, codes, where):
    resources = _resources(spec.get("resource", "Observation"), where)
    value = spec.get("value")
    kind = _kind(spec, resources, where)
    patterns = _patterns(codes, where)
    is_patient = "Patient" in resources
    if not patterns and value is None and not (kind == "presence" and not is_patient):
        raise ValueError(
            f"{where} has neither codes nor value. Name the codes of the resources, or "
            "the path of the value, e.g. 'gender' or 'numberOfSeries'."
        )
    if is_patient and str(value).startswith("deceased"):
        raise ValueError(
            f"{where} takes {value!r}, which has no date: it tells the future of a "
            "patient who died after the index date. Use it for y."
        )
    aggregates = _aggregates(spec, kind, where)
    return Feature(
        modality,
        name,
        resources,
        patterns,
        _conditions(spec.get("where", {}), where),
        None if value is None else str(value).split("."),
        kind,
        _unit(spec.get("unit"), where),
        _factors(spec.get("factors", {}), where),
        {
            str(label): _patterns(own, where)
            for label, own in _mapping(spec, "categories", where).items()
        },
        aggregates,
        check_window(spec.get("window", _EVER), where),
        _one_of(spec.get("absent", "recorded"), _ABSENT, f"{where}: absent"),
        len(aggregates) == 1,
    )


def _resources(given, where):
    names = [given] if isinstance(given, str) else list(given)
    unknown = [name for name in names if name not in TYPES]
    if unknown or not names:
        raise ValueError(
            f"{where} has the resource {quoted(unknown, 5)}. Those that are read: "
            f"{listed(TYPES)}."
        )
    return tuple(names)


def _kind(spec, resources, where):
    default = "presence"
    if "value" in spec or resources == ("Observation",):
        default = "number"
    if resources == ("Patient",) and spec.get("value") == "gender":
        default = "category"
    return _one_of(spec.get("kind", default), _AGGREGATES, f"{where}: kind")


def _one_of(name, choices, parameter):
    return choose({choice: choice for choice in choices}, parameter, str(name))


def _patterns(codes, where):
    codes = [codes] if isinstance(codes, str) else codes
    if not isinstance(codes, list | tuple):
        raise TypeError(f"{where}: codes must be text or a list of text.")
    return tuple(CodePattern.parse(code, where) for code in codes)


def _mapping(spec, key, where):
    found = spec.get(key, {})
    if not isinstance(found, Mapping):
        raise TypeError(f"{where}: {key} must be a dict.")
    return found


def _conditions(given, where):
    if not isinstance(given, Mapping):
        raise TypeError(f"{where}: where must be a dict of codes to coded values.")
    return tuple(
        (CodePattern.parse(code, where), CodePattern.parse(value, where))
        for code, value in given.items()
    )


def _unit(unit, where):
    if unit is not None and not isinstance(unit, str):
        raise TypeError(f"{where}: unit must be text, got a {type(unit).__name__}.")
    return unit


def _factors(given, where):
    if not isinstance(given, Mapping):
        raise TypeError(f"{where}: factors must be a dict of units to numbers.")
    found = {}
    for unit, factor in given.items():
        pair = factor if isinstance(factor, list | tuple) else (factor, 0)
        try:
            found[str(unit)] = (float(pair[0]), float(pair[1]))
        except (TypeError, ValueError, IndexError):
            raise ValueError(
                f"{where}: the factor of {unit!r} must be a number, or a factor and an "
                f"offset, got {factor!r}."
            ) from None
    return found


def _aggregates(spec, kind, where):
    default = "any" if kind == "presence" else "last"
    given = spec.get("aggregate", default)
    names = [given] if isinstance(given, str) else list(given)
    if not names or len(set(names)) < len(names):
        raise ValueError(f"{where}: aggregate must be names that differ, got {given}.")
    for name in names:
        _one_of(name, _AGGREGATES[kind], f"{where}: aggregate of kind {kind!r}")
    return tuple(names)


def check_window(window: Any, where: str) -> tuple[float, float]:
    """Return days from and to, relative to the index date."""
    try:
        start, end = (
            default if given is None else float(given)
            for given, default in zip(window, _EVER, strict=True)
        )
    except (TypeError, ValueError):
        raise ValueError(
            f"{where}: window must be two numbers of days, e.g. [-365, 0], got "
            f"{window!r}."
        ) from None
    if not start <= end <= 0:
        raise ValueError(
            f"{where}: window is {window!r}, but it must end at day 0, the index date, "
            "or before, and start no later: what comes later is not known then."
        )
    return start, end
