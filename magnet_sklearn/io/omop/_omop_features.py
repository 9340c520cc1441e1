"""Features of OMOP tables, as a mapping declares them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

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
from magnet_sklearn.io.omop._cdm import TABLES, UNIT, Table

_ENTRIES = [
    "table",
    "concepts",
    "descendants",
    "source",
    "value",
    "kind",
    "unit",
    "factors",
    "categories",
    "aggregate",
    "window",
    "absent",
]
_GENDERS = {"female": 8532, "male": 8507}
_SHORT = {name: f"{name}_concept_id" for name in ("gender", "race", "ethnicity")}


@dataclass(frozen=True, kw_only=True)
class OMOPFeature(RecordFeature):
    """A feature, and the rows it is made of.

    Parameters
    ----------
    concepts : frozenset of int
        Concepts of the rows; none is all, in `person` only.
    descendants : bool
        Whether the concepts below count too.
    source : bool
        Whether the source concepts of rows are looked at.
    unit : int
        Concept of the unit of the column; 0 is no unit.
    factors : dict of int to (float, float)
        Factor and offset from other units.
    categories : dict of str to frozenset of int
        Names of concepts of values.
    """

    concepts: frozenset[int]
    descendants: bool
    source: bool
    unit: int
    factors: dict[int, tuple[float, float]]
    categories: dict[str, frozenset[int]]

    @property
    def category_names(self) -> list[str]:
        """Names that a category may have; none if the data tell."""
        return list(self.categories)

    @property
    def table(self) -> str:
        """Table of the rows."""
        return self.resources[0]

    @property
    def column(self) -> str:
        """Column of the value; "" where only presence is told."""
        return self.value[0] if self.value else ""


def parse_omop_features(modality: str, name: str, spec: Any) -> list[OMOPFeature]:
    """Return the features of one declaration; several where concepts are named."""
    where = f"Feature {name!r} of modality {modality!r}"
    check_entries(spec, _ENTRIES, where)
    concepts = spec.get("concepts", [])
    if not isinstance(concepts, Mapping):
        return [_parse(modality, name, spec, concepts, where)]
    return [
        _parse(modality, f"{name}_{label}", spec, own, where)
        for label, own in concepts.items()
    ]


def _parse(modality, name, spec, concepts, where):
    table = TABLES[one_of(spec.get("table", "measurement"), TABLES, f"{where}: table")]
    concepts = _concepts(concepts, where)
    if bool(concepts) == (table.name == "person"):
        raise ValueError(
            f"{where} must have concepts, and features of the table 'person' none: "
            "write 'concepts': [3004410], or 'table': 'person', 'value': 'age'."
        )
    kind = _kind(spec, table, where)
    return OMOPFeature(
        modality=modality,
        name=name,
        resources=(table.name,),
        value=_value(spec, table, kind, where),
        kind=kind,
        concepts=concepts,
        descendants=_flag(spec, "descendants", where),
        source=_flag(spec, "source", where),
        unit=_unit(spec, table, where),
        factors={
            _concept(_number(unit), where): factor
            for unit, factor in parse_factors(spec.get("factors", {}), where).items()
        },
        categories=_categories(spec, where),
        **parse_shared(spec, kind, where),
    )


def _number(unit: str) -> Any:
    return int(unit) if unit.isdecimal() else unit


def _concepts(given: Any, where: str) -> frozenset[int]:
    given = given if isinstance(given, list | tuple | set | frozenset) else [given]
    found = frozenset(_concept(one, where) for one in given)
    if 0 in found:
        raise ValueError(
            f"{where} has the concept 0, which means that there was no matching one. "
            "Name the source concepts and set 'source': True."
        )
    return found


def _concept(given: Any, where: str) -> int:
    if isinstance(given, bool) or not isinstance(given, int | np.integer) or given < 0:
        raise TypeError(
            f"{where}: concepts and units must be ids, whole numbers, got {given!r}."
        )
    return int(given)


def _flag(spec: Mapping[str, Any], name: str, where: str) -> bool:
    given = spec.get(name, False)
    if not isinstance(given, bool):
        raise TypeError(f"{where}: {name} must be True or False, got {given!r}.")
    return given


def _kind(spec: Mapping[str, Any], table: Table, where: str) -> str:
    value = spec.get("value", "value_as_number" if table.name == "measurement" else "")
    default = "number" if value else "presence"
    if str(value) in _SHORT or str(value) in (*table.concepts, *table.texts):
        default = "category"
    if table.name == "observation" and "unit" in spec:
        default = "number"
    return one_of(spec.get("kind", default), AGGREGATES, f"{where}: kind")


def _value(spec: Mapping[str, Any], table: Table, kind: str, where: str) -> Any:
    if kind == "presence":
        return None
    choices = table.numbers if kind == "number" else (*table.concepts, *table.texts)
    given = str(spec.get("value", choices[0] if choices else ""))
    given = _SHORT.get(given, given)
    if given not in choices:
        raise ValueError(
            f"{where} takes the value {given!r} as a {kind}. Of the table "
            f"{table.name!r} it can be {quoted(choices) or 'nothing: presence only'}."
        )
    return [given]


def _unit(spec: Mapping[str, Any], table: Table, where: str) -> int:
    unit = spec.get("unit")
    if unit is not None and table.name not in ("measurement", "observation"):
        raise ValueError(f"{where} has a unit, but {table.name!r} has no {UNIT}.")
    return 0 if unit is None else _concept(unit, where)


def _categories(spec: Mapping[str, Any], where: str) -> dict[str, frozenset[int]]:
    given = mapping_entry(spec, "categories", where)
    if not given and str(spec.get("value")) in ("gender", "gender_concept_id"):
        given = _GENDERS
    return {str(label): _concepts(own, where) for label, own in given.items()}
