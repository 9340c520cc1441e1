"""Features of dated records, and what readers check of their declarations."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from magnet_sklearn._utils import choose
from magnet_sklearn.data import did_you_mean, quoted

_NUMBER_AGGREGATES = ("last", "first", "mean", "min", "max", "slope", "count", "any")
AGGREGATES = {
    "number": _NUMBER_AGGREGATES,
    "category": ("last", "first", "count", "any"),
    "presence": ("any", "count"),
}
_ABSENT = ("recorded", "zero", "missing")
_EVER = (-math.inf, 0.0)

FeatureT = TypeVar("FeatureT", bound="RecordFeature")


@dataclass(frozen=True, kw_only=True)
class RecordFeature:
    """A feature of dated records.

    Parameters
    ----------
    modality, name : str
        Where its columns stand, and what they are called.
    resources : tuple of str
        Types of records, or tables.
    value : list of str or None
        Path of the value. ["age"] is the age at the index date.
    kind : {"number", "category", "presence"}
        What is taken.
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
    value: list[str] | None
    kind: str
    aggregates: tuple[str, ...]
    window: tuple[float, float]
    absent: str

    @property
    def columns(self) -> list[str]:
        """Name of the column of each aggregate."""
        if len(self.aggregates) == 1:
            return [self.name]
        return [f"{self.name}_{aggregate}" for aggregate in self.aggregates]

    @property
    def category_names(self) -> list[str]:
        """Names that a category may have; none if the data tell."""
        return []


def check_entries(spec: Any, names: Collection[str], where: str) -> None:
    """Refuse declarations that are no dict, or have unknown entries."""
    if not isinstance(spec, Mapping):
        raise TypeError(f"{where} must be a dict, got a {type(spec).__name__}.")
    for key in spec:
        if key not in names:
            raise ValueError(
                f"{where} has an unknown entry {key!r}.{did_you_mean(key, names)} "
                f"Entries: {quoted(names)}."
            )


def parse_shared(spec: Mapping[str, Any], kind: str, where: str) -> dict[str, Any]:
    """Return aggregates, window and what absence means."""
    return {
        "aggregates": _aggregates(spec, kind, where),
        "window": check_window(spec.get("window", _EVER), where),
        "absent": one_of(spec.get("absent", "recorded"), _ABSENT, f"{where}: absent"),
    }


def one_of(name: Any, choices: Iterable[str], parameter: str) -> str:
    """Return a name that is one of some choices."""
    return choose({choice: choice for choice in choices}, parameter, str(name))


def _aggregates(spec, kind, where):
    default = "any" if kind == "presence" else "last"
    given = spec.get("aggregate", default)
    names = [given] if isinstance(given, str) else list(given)
    if not names or len(set(names)) < len(names):
        raise ValueError(f"{where}: aggregate must be names that differ, got {given}.")
    for name in names:
        one_of(name, AGGREGATES[kind], f"{where}: aggregate of kind {kind!r}")
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


def mapping_entry(spec: Mapping[str, Any], key: str, where: str) -> Mapping[Any, Any]:
    """Return an entry that is a dict."""
    found = spec.get(key, {})
    if not isinstance(found, Mapping):
        raise TypeError(f"{where}: {key} must be a dict.")
    return found


def parse_factors(given: Any, where: str) -> dict[str, tuple[float, float]]:
    """Return factor and offset from each unit."""
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


def all_features(
    modalities: Any, window: Any, parse: Callable[[str, str, Any], list[FeatureT]]
) -> list[FeatureT]:
    """Return the features of a mapping, whose columns must differ."""
    if not isinstance(modalities, Mapping) or not modalities:
        raise TypeError(
            "modalities must be a dict of modalities to features, got "
            f"{type(modalities).__name__} {'' if modalities else 'without any'}."
        )
    features = [*_parsed(modalities, window, parse)]
    _check_columns(features)
    return features


def _parsed(modalities, window, parse):
    for modality, features in modalities.items():
        if not isinstance(features, Mapping) or not features:
            raise TypeError(
                f"Modality {modality!r} must be a dict of features, got "
                f"{type(features).__name__} {'' if features else 'without any'}."
            )
        for name, spec in features.items():
            if window is not None and isinstance(spec, Mapping):
                spec = {"window": window, **spec}
            yield from parse(str(modality), str(name), spec)


def _check_columns(features: Iterable[RecordFeature]) -> None:
    seen = set()
    for feature in features:
        for column in feature.columns:
            if (feature.modality, column) in seen:
                raise ValueError(
                    f"Modality {feature.modality!r} has two columns {column!r}. Rename "
                    "a feature."
                )
            seen.add((feature.modality, column))
