"""Which families of experts each view gets."""

from collections.abc import Mapping
from typing import Any

from magnet_sklearn.data._names import did_you_mean, quoted
from magnet_sklearn.experts._evidence import EvidenceKind
from magnet_sklearn.experts.families._family import Family
from magnet_sklearn.experts.families._own import OwnFamily
from magnet_sklearn.experts.families._registry import FAMILIES

# Key of the view of all modalities side by side.
JOINT = "joint"


def select_families(
    experts: Any,
    evidence: EvidenceKind,
    modalities: list[str],
    skipped: list[str],
    *,
    has_unlabelled: bool = False,
) -> list[dict[str, Family]]:
    """Families by name of each view; `skipped` are modalities that are no tables.

    Without any view, those that the view of all modalities side by side would have.
    """
    keys = modalities if len(modalities) == 1 else [*modalities, JOINT]
    if not isinstance(experts, Mapping):
        chosen = _named(experts, evidence, has_unlabelled)
        return [chosen for _ in keys]
    _check_keys(experts, modalities, skipped)
    wanted = [experts.get(key, "auto") for key in keys]
    chosen = [
        {} if own is None else _named(own, evidence, has_unlabelled) for own in wanted
    ]
    if not any(chosen):
        raise ValueError(
            f"experts leaves every modality without experts: {dict(experts)!r}. Pass "
            "experts=None for a model without any."
        )
    return chosen


def in_order(names: set[str]) -> list[str]:
    """Names of families in the order of the registry: the simplest first."""
    registered = list(FAMILIES)

    def place(name):
        family, _, number = name.partition("-")
        known = registered.index(family) if family in FAMILIES else len(registered)
        return known, int(number or 1), name

    return sorted(names, key=place)


def _check_keys(experts, modalities, skipped):
    """Refuse keys of `experts` that are no view."""
    if JOINT in experts and JOINT in modalities:
        raise ValueError(
            f"experts names {JOINT!r}, which is all modalities side by side, but also "
            "a modality of X. Rename the modality."
        )
    for name, own in experts.items():
        if name in skipped and own is not None:
            raise ValueError(
                f"experts names the modality {name!r}, whose blocks are no tables, "
                "from which no expert learns. Leave it out."
            )
        if name not in (*modalities, *skipped, JOINT):
            known = quoted([*modalities, JOINT])
            raise ValueError(
                f"experts names {name!r}, which is no modality of X. Modalities with "
                f"experts: {known}.{did_you_mean(name, [*modalities, JOINT])}"
            )


def _named(wanted, evidence, has_unlabelled):
    """Families by name; a second one of a name is called name-2."""
    items = list(wanted) if isinstance(wanted, list | tuple) else [wanted]
    if not items:
        raise ValueError("experts has an empty list. Pass 'auto', names or estimators.")
    families = [
        family for item in items for family in _resolve(item, evidence, has_unlabelled)
    ]
    named: dict[str, Family] = {}
    for family in families:
        number = 1 + sum(other.name == family.name for other in named.values())
        named[family.name if number == 1 else f"{family.name}-{number}"] = family
    return named


def _resolve(item, evidence, has_unlabelled):
    """Families of one name or estimator."""
    kind = evidence.kind
    if isinstance(item, str) and item == "auto":
        families = [
            family
            for family in FAMILIES.values()
            if kind in family.in_auto
            or (has_unlabelled and kind in family.in_auto_with_unlabelled)
        ]
        if not families:
            raise ValueError(
                f"No family of experts learns targets of the kind {kind!r}. Pass "
                "experts=None, or an estimator of your own."
            )
        return families
    if isinstance(item, str):
        if item not in FAMILIES:
            raise ValueError(
                f"experts names {item!r}, which is no family of experts. Families: "
                f"{quoted(FAMILIES)}, or 'auto'.{did_you_mean(item, FAMILIES)}"
            )
        item = FAMILIES[item]
    if not isinstance(item, Family):
        evidence.check(item)
        return [OwnFamily(item)]
    if item.expert(kind, None) is None:
        raise ValueError(
            f"The family of experts {item.name!r} learns no targets of the kind "
            f"{kind!r}. Pass another, or an estimator of your own."
        )
    return [item]
