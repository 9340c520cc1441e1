"""What one resource says about features."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from magnet_sklearn.io._records import InvalidElement, moment
from magnet_sklearn.io.fhir._codes import CodeHierarchy, CodeMatcher
from magnet_sklearn.io.fhir._elements import (
    Coding,
    at_path,
    codings,
    objects,
    text,
)
from magnet_sklearn.io.fhir._features import Feature
from magnet_sklearn.io.fhir._resource_types import TYPES
from magnet_sklearn.io.fhir._units import conversion

_UCUM = "http://unitsofmeasure.org"
NOT_MET = "conditions of `where` not met"


class Finding(NamedTuple):
    """A value for a feature, or why there is none.

    Parameters
    ----------
    feature : int
        Number of the feature.
    value : float or str
        In the unit of the feature.
    problem : str
        Why it is not used; "" if it is.
    place : str
        Part of the resource.
    """

    feature: int
    value: float | str
    problem: str = ""
    place: str = ""


class _Unusable(Exception):
    """A value that is well-formed, but not what the feature wants."""


class FeatureExtractor:
    """Findings of resources of one type.

    Parameters
    ----------
    kind : str
        Type of resource.
    features : list of Feature
        All features; those of other types are passed over.
    hierarchy : CodeHierarchy
        Of codes.
    """

    def __init__(
        self, kind: str, features: list[Feature], hierarchy: CodeHierarchy
    ) -> None:
        self._elements = TYPES[kind].codes
        self._features = features
        own = [
            feature.codes if kind in feature.resources else () for feature in features
        ]
        self._match = CodeMatcher(own, hierarchy)
        self._always = tuple(
            number
            for number, feature in enumerate(features)
            if kind in feature.resources and not feature.codes
        )
        self._conditions = [
            [
                (CodeMatcher([[code]], hierarchy), CodeMatcher([[value]], hierarchy))
                for code, value in feature.where
            ]
            for feature in features
        ]
        self._categories = [
            CodeMatcher(list(feature.categories.values()), hierarchy)
            for feature in features
        ]

    def codings(self, resource: Mapping[str, Any]) -> list[Coding]:
        """Return the codes of what a resource is about."""
        return [
            coding
            for name in self._elements
            for coding in codings(objects(resource, name))
        ]

    def __call__(
        self, resource: Mapping[str, Any], own: list[Coding]
    ) -> Iterator[Finding]:
        """Yield the findings of a resource with some codes, and its components."""
        components = objects(resource, "component")
        parts = [("", resource, own)]
        parts += [
            (f"component[{i}]", component, codings(objects(component, "code")))
            for i, component in enumerate(components)
        ]
        for place, part, part_codings in parts:
            numbers = self._match(part_codings)
            for number in numbers if place else (*numbers, *self._always):
                yield from self._findings(number, place, part, parts)

    def _findings(self, number, place, part, parts):
        feature = self._features[number]
        if not all(_is_met(pair, parts) for pair in self._conditions[number]):
            yield Finding(number, math.nan, NOT_MET, place)
            return
        if feature.kind == "presence":
            yield Finding(number, 1.0)
            return
        leaves = list(_leaves(feature, part, parts[0][1]))
        if not leaves:
            yield Finding(number, math.nan, "no value", place)
        for name, leaf in leaves:
            path = f"{place}.{name}" if place else name
            try:
                yield Finding(number, self._value(number, leaf), "", path)
            except _Unusable as problem:
                yield Finding(number, math.nan, str(problem), path)
            except InvalidElement as error:
                raise InvalidElement(f"{path}: {error}") from None

    def _value(self, number: int, leaf: Any) -> float | str:
        feature = self._features[number]
        if feature.kind == "category":
            return _category(feature, self._categories[number], leaf)
        if feature.value == ["age"]:
            if not isinstance(leaf, str):
                raise InvalidElement("must be a date")
            return float(moment(leaf))
        return _number(feature, leaf)


def _is_met(pair, parts):
    """Tell whether a part of a resource has a code and a coded value."""
    code, value = pair
    return any(code(own) and value(_coded_values(part)) for _, part, own in parts)


def _coded_values(part):
    """Return the codes of value[x]."""
    return codings(objects(part, "valueCodeableConcept"))


def _leaves(feature, part, resource):
    """Yield name and content of the values of a feature."""
    if feature.value is None:
        for name in part:
            if isinstance(name, str) and name.startswith("value"):
                yield name, part[name]
        return
    path = ["birthDate"] if feature.value == ["age"] else feature.value
    for leaf in at_path(resource, path):
        yield ".".join(path), leaf


def _number(feature: Feature, leaf: Any) -> float:
    """Return a number in the unit of the feature."""
    unit = ""
    if isinstance(leaf, Mapping):
        if "value" not in leaf and ("coding" in leaf or "text" in leaf):
            raise _Unusable("value is not a number")
        if leaf.get("value") is None:
            raise _Unusable("no value")
        unit = unit_of(leaf)
        leaf = leaf["value"]
        if isinstance(leaf, bool) or not isinstance(leaf, int | float):
            raise InvalidElement("value must be a number")
    if not isinstance(leaf, int | float):
        raise _Unusable("value is not a number")
    try:
        number = float(leaf)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise _Unusable("value is not finite")
    factor, offset = _factor(feature, unit)
    return number * factor + offset


def unit_of(quantity):
    """Return the unit of a Quantity; that in UCUM if it has one."""
    code, shown = text(quantity, "code"), text(quantity, "unit")
    is_ucum = text(quantity, "system") in (_UCUM, None)
    return (code if code and is_ucum else shown) or ""


def _factor(feature: Feature, unit: str) -> tuple[float, float]:
    """Return factor and offset to the unit of the feature."""
    if unit == feature.unit:
        return 1.0, 0.0
    if unit in feature.factors:
        return feature.factors[unit]
    if feature.unit is not None and not unit:
        raise _Unusable("value without a unit")
    found = conversion(unit, feature.unit or "1")
    if found is None:
        raise _Unusable("unit that cannot be converted")
    return found


def _category(feature: Feature, match: CodeMatcher, leaf: Any) -> str:
    """Return the name of a coded value, or short text."""
    if isinstance(leaf, bool):
        leaf = str(leaf).lower()
    if isinstance(leaf, str) and not feature.categories:
        return leaf
    if not isinstance(leaf, Mapping):
        raise _Unusable("value is not a category")
    codes = codings([leaf])
    if not codes:
        raise _Unusable("value without a code")
    if not feature.categories:
        return codes[0][1]
    if not (found := match(codes)):
        raise _Unusable("category not mapped")
    return list(feature.categories)[found[0]]
