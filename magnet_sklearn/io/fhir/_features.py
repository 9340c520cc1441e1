"""Features as a mapping declares them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from magnet_sklearn._utils import listed
from magnet_sklearn.data import quoted
from magnet_sklearn.io._records import (
    AGGREGATES,
    RecordFeature,
    check_entries,
    mapping_entry,
    one_of,
    parse_factors,
    parse_shared,
)
from magnet_sklearn.io.fhir._codes import CodePattern
from magnet_sklearn.io.fhir._resource_types import TYPES

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


@dataclass(frozen=True, kw_only=True)
class Feature(RecordFeature):
    """A feature, and the resources it is made of.

    Parameters
    ----------
    codes : tuple of CodePattern
        Codes of the resources, or of components; none is all.
    where : tuple of pairs of CodePattern
        Codes and coded values that the resource must have too.
    unit : str or None
        UCUM unit of the column.
    factors : dict of str to (float, float)
        Factor and offset from other units.
    categories : dict of str to tuple of CodePattern
        Names of coded values.
    """

    codes: tuple[CodePattern, ...]
    where: tuple[tuple[CodePattern, CodePattern], ...]
    unit: str | None
    factors: dict[str, tuple[float, float]]
    categories: dict[str, tuple[CodePattern, ...]]

    @property
    def category_names(self) -> list[str]:
        """Names that a category may have; none if the data tell."""
        return list(self.categories)


def parse_features(modality: str, name: str, spec: Any) -> list[Feature]:
    """Return the features of one declaration; several where codes are named."""
    where = f"Feature {name!r} of modality {modality!r}"
    check_entries(spec, _NAMES, where)
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
    return Feature(
        modality=modality,
        name=name,
        resources=resources,
        codes=patterns,
        where=_conditions(spec.get("where", {}), where),
        value=None if value is None else str(value).split("."),
        kind=kind,
        unit=_unit(spec.get("unit"), where),
        factors=parse_factors(spec.get("factors", {}), where),
        categories={
            str(label): _patterns(own, where)
            for label, own in mapping_entry(spec, "categories", where).items()
        },
        **parse_shared(spec, kind, where),
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
    return one_of(spec.get("kind", default), AGGREGATES, f"{where}: kind")


def _patterns(codes, where):
    codes = [codes] if isinstance(codes, str) else codes
    if not isinstance(codes, list | tuple):
        raise TypeError(f"{where}: codes must be text or a list of text.")
    return tuple(CodePattern.parse(code, where) for code in codes)


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
