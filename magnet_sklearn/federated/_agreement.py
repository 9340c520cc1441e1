"""What sites agree on before they train: modalities, columns, units and labels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from magnet_sklearn.data import did_you_mean, quoted
from magnet_sklearn.federated._description import pooled_moments
from magnet_sklearn.preprocessing import sorted_categories

Descriptions = Mapping[str, dict[str, Any]]


def agreed_blocks(sites: Descriptions) -> list[dict[str, Any]]:
    """Agree on the modalities and columns of all sites.

    A site may lack modalities and columns, which then are missing for its patients.

    Parameters
    ----------
    sites : dict of str to dict
        `describe_blocks` of each site.

    Returns
    -------
    blocks : list of dict
        Kind, columns and scales of each modality.

    Raises
    ------
    ValueError
        If sites differ in the kind or shape of a block, the type or unit of a column,
        or one seems to write a name differently.
    """
    names = list(dict.fromkeys(name for blocks in sites.values() for name in blocks))
    _check_names(sites, names)
    return [
        _agreed_block(name, {site: b[name] for site, b in sites.items() if name in b})
        for name in names
    ]


def _check_names(sites, names):
    """Refuse a modality of a single site that looks like one that this site lacks."""
    for site, blocks in sites.items():
        lacking = [name for name in names if name not in blocks]
        for name in blocks:
            is_alone = sum(name in other for other in sites.values()) == 1
            if is_alone and len(sites) > 1 and (hint := did_you_mean(name, lacking)):
                raise ValueError(
                    f"Site {site!r} has a modality {name!r} that no other site has."
                    f"{hint} Rename it, or leave it out."
                )


def _agreed_block(name, sites):
    first = next(iter(sites))
    for site, block in sites.items():
        _check_like(name, first, sites[first], site, block)
    agreed = {"modality": name, "kind": sites[first]["kind"]}
    if len(sites[first]["shape"]) > 1:
        count = sum(block["count"] for block in sites.values())
        mean = sum(block["sum"] for block in sites.values()) / count
        return {**agreed, "shape": sites[first]["shape"], "columns": None, "fill": mean}
    columns = list(range(sites[first]["shape"][0]))
    if agreed["kind"] == "table":
        columns = list(dict.fromkeys(c for b in sites.values() for c in b["columns"]))
        _check_columns(name, sites, columns)
    _check_units(name, sites)
    own_columns = columns if agreed["kind"] == "table" else None
    scales = _agreed_scales(name, sites, columns)
    return {**agreed, "shape": [len(columns)], "columns": own_columns, **scales}


def _check_like(name, first, expected, site, block):
    """Refuse blocks of another kind or shape."""
    is_table = expected["kind"] == "table"
    if block["kind"] != expected["kind"]:
        kinds = {"table": "a frame with column names", "array": "an array without"}
        raise ValueError(
            f"Modality {name!r} is {kinds[expected['kind']]} at site {first!r}, but "
            f"{kinds[block['kind']]} at site {site!r}. Pass frames with the same "
            "column names at all sites."
        )
    shape, wanted = block["shape"], expected["shape"]
    if shape != wanted and not (is_table and len(shape) == len(wanted) == 1):
        raise ValueError(
            f"Modality {name!r} has the shape {tuple(wanted)} per patient at site "
            f"{first!r}, but {tuple(shape)} at site {site!r}. Pass the same columns at "
            "all sites: frames, whose columns are matched by name, may lack some."
        )


def _check_columns(name, sites, columns):
    """Refuse a column of a single site that looks like one that this site lacks."""
    owners = {
        column: [s for s in sites if column in sites[s]["columns"]]
        for column in columns
    }
    for site, block in sites.items():
        lacking = [column for column in columns if column not in block["columns"]]
        extra = [column for column in block["columns"] if owners[column] == [site]]
        for column in extra if len(sites) > 1 else ():
            if hint := did_you_mean(column, lacking):
                raise ValueError(
                    f"Site {site!r} has a column {column!r} in modality {name!r} that "
                    f"no other site has.{hint} Rename it, or leave it out."
                )


def _check_units(name, sites):
    """Refuse a column whose unit differs."""
    known: dict[str, tuple[str, str]] = {}
    for site, block in sites.items():
        for column, unit in block["units"].items():
            first, expected = known.setdefault(column, (site, unit))
            if unit != expected:
                raise ValueError(
                    f"Column {column!r} of modality {name!r} is in {unit!r} at site "
                    f"{site!r}, but in {expected!r} at site {first!r}. Convert it to "
                    "one unit."
                )


def _agreed_scales(name, sites, columns):
    """Types, scales and categories of the columns of all sites."""
    is_text = _agreed_types(name, sites, columns)
    numeric = np.flatnonzero(~is_text)
    moments = [_spread_out(block, columns)[1] for block in sites.values()]
    moments = [{key: value[numeric] for key, value in own.items()} for own in moments]
    size, _, mean, spread = pooled_moments(moments)
    categories = [
        [int(place), _agreed_categories(name, sites, columns, place)]
        for place in np.flatnonzero(is_text)
    ]
    return {
        "categorical": is_text.tolist(),
        "numeric": numeric,
        "size": size,
        "mean": mean,
        "spread": spread,
        "categories": categories,
    }


def _places(block, columns):
    """Where the columns of a site are among all."""
    if block["columns"] is None:
        return np.arange(len(columns))
    return np.array([columns.index(column) for column in block["columns"]], dtype=int)


def _spread_out(block, columns):
    """Whether a site has values of each column, and its moments, for all columns."""
    own = _places(block, columns)[np.asarray(block["numeric"], dtype=int)]
    empty = {"exponent": -1000, "count": 0, "mean": 0.0, "squares": 0.0}
    moments = {}
    for key, value in empty.items():
        moments[key] = np.full(len(columns), value)
        moments[key][own] = block[key]
    return own, moments


def _agreed_types(name, sites, columns):
    """Tell which columns are categorical; refuse those that are numbers elsewhere."""
    known: dict[int, tuple[str, bool]] = {}
    for site, block in sites.items():
        places = _places(block, columns)
        text = {place for place, _ in block["categories"]}
        for own, place in enumerate(places):
            if block["is_empty"][own]:
                continue
            first, was_text = known.setdefault(int(place), (site, own in text))
            if was_text != (own in text):
                kinds = {True: "text", False: "numeric"}
                raise ValueError(
                    f"Column {columns[place]!r} of modality {name!r} is "
                    f"{kinds[own in text]} at site {site!r}, but {kinds[was_text]} at "
                    f"site {first!r}. Code it alike."
                )
    types = [known.get(place, ("", False))[1] for place in range(len(columns))]
    return np.array(types, dtype=bool)


def _agreed_categories(name, sites, columns, place):
    """Categories of a column at all sites, sorted."""
    import pandas as pd

    found: dict[Any, None] = {}
    for block in sites.values():
        places = _places(block, columns)
        for own, categories in block["categories"]:
            if places[own] == place:
                found |= dict.fromkeys(categories)
    kinds = {isinstance(category, str) for category in found}
    if len(kinds) > 1:
        raise ValueError(
            f"Column {columns[place]!r} of modality {name!r} has text at one site and "
            f"numbers at another as categories: {quoted(found, 5)}. Code it alike."
        )
    return sorted_categories(pd.Series(list(found), dtype=object)).tolist()


def agreed_target(sites: Descriptions) -> dict[str, Any]:
    """Agree on the classes, of which a site may lack some; or that y is a time.

    Parameters
    ----------
    sites : dict of str to dict
        What `describe_target` says at each site.

    Returns
    -------
    target : dict
        Kind, and for classes their names and counts.

    Raises
    ------
    ValueError
        If sites code classes differently, or there is a single one.
    """
    first = next(iter(sites))
    if sites[first]["kind"] == "survival":
        return {"kind": "survival"}
    counts: dict[Any, int] = {}
    for site, own in sites.items():
        expected = sites[first]["type"]
        if own["type"] != expected:
            raise ValueError(
                f"Column 'y' has classes of type {own['type']} at site {site!r}, but "
                f"of type {expected} at site {first!r}. Code them alike."
            )
        lacking = {c for other in sites.values() for c in other["classes"]}
        lacking -= set(own["classes"])
        for label, count in zip(own["classes"], own["counts"], strict=True):
            is_alone = sum(label in other["classes"] for other in sites.values()) == 1
            is_text = isinstance(label, str) and len(sites) > 1
            same = [
                o
                for o in lacking
                if str(o).strip().lower() == str(label).strip().lower()
            ]
            if is_text and is_alone and same:
                raise ValueError(
                    f"Site {site!r} has a class {label!r} in 'y' that no other site "
                    f"has. Did you mean {same[0]!r}?"
                )
            counts[label] = counts.get(label, 0) + count
    classes = sorted(counts)
    if len(classes) < 2:
        raise ValueError(
            f"The sites together have {len(classes)} class(es): {classes}. Training "
            "needs two."
        )
    return {
        "kind": "classes",
        "type": sites[first]["type"],
        "classes": classes,
        "counts": [counts[label] for label in classes],
    }
