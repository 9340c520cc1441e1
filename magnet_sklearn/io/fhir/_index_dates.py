"""Rules that find the date up to which each patient is known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from magnet_sklearn.io.fhir._features import Feature, parse_features

_RULE = ("resource", "codes", "where", "which")


def index_feature(rule: Any) -> Feature | None:
    """Return the resources that a rule finds the index date by, if it is one."""
    if not (isinstance(rule, Mapping) and "codes" in rule):
        return None
    unknown = [entry for entry in rule if entry not in _RULE]
    if unknown or rule.get("which", "first") not in ("first", "last"):
        raise ValueError(
            f"index_date is a rule with the entries {list(rule)} and which="
            f"{rule.get('which', 'first')!r}. Write {{'resource': ..., 'codes': ..., "
            "'which': 'first' or 'last'}."
        )
    spec = {entry: rule[entry] for entry in _RULE[:3] if entry in rule}
    return parse_features("", "index_date", {**spec, "kind": "presence"})[0]
