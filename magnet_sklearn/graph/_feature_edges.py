"""Resolve edges between feature names to edges between columns."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from magnet_sklearn.data import quoted

_DEFAULT_RELATION = "related_to"
_OPTIONAL = [
    f"{end}_{kind}" for end in ("source", "target") for kind in ("modality", "type")
]


def check_edge_tables(edges: pd.DataFrame | Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Concatenate tables of edges, with all optional columns.

    Parameters
    ----------
    edges : DataFrame or sequence of DataFrames
        Tables with the columns `source` and `target`, and any of `relation`,
        `weight`, `source_modality`, `target_modality`, `source_type`, `target_type`.

    Returns
    -------
    table : DataFrame of shape (n_edges, 8)
        Names as text; None where a modality or type is not given.

    Raises
    ------
    ValueError
        If a table lacks `source` or `target`, or a weight is missing or infinite.
    """
    tables = [edges] if isinstance(edges, pd.DataFrame) else list(edges)
    return pd.concat([_check_table(table) for table in tables], ignore_index=True)


def _check_table(table: pd.DataFrame) -> pd.DataFrame:
    if not isinstance(table, pd.DataFrame):
        raise TypeError(
            "edges must be a DataFrame or a list of DataFrames, got "
            f"{type(table).__name__}. Read files with "
            "read_string_edges, read_gmt_edges or read_mapping_edges."
        )
    absent = [name for name in ("source", "target") if name not in table]
    if absent:
        raise ValueError(
            f"A table of edges has no column {quoted(absent)}; its columns are "
            f"{quoted(table.columns, 5)}. Name the two ends 'source' and 'target'."
        )
    weight = pd.to_numeric(table["weight"]) if "weight" in table else 1.0
    checked = pd.DataFrame(
        {
            "source": table["source"].astype(str),
            "target": table["target"].astype(str),
            "relation": table["relation"].astype(str)
            if "relation" in table
            else _DEFAULT_RELATION,
            "weight": weight,
        }
    ).astype({"weight": np.float64})
    wrong = ~np.isfinite(checked["weight"].to_numpy())
    if wrong.any():
        raise ValueError(
            f"A table of edges has {wrong.sum()} missing or infinite weights, first in "
            f"row(s) {np.flatnonzero(wrong)[:5].tolist()}. Drop these edges or give "
            "them a number."
        )
    for name in _OPTIONAL:
        values = table[name].astype(object) if name in table else None
        checked[name] = values if values is None else values.where(values.notna(), None)
    return checked


def resolve_edges(table: pd.DataFrame, nodes: pd.DataFrame) -> pd.DataFrame:
    """Find the nodes at the ends of each edge.

    Parameters
    ----------
    table : DataFrame of shape (n_edges, 8)
        As `check_edge_tables` returns it.
    nodes : DataFrame of shape (n_nodes, 4)
        Columns `modality`, `feature`, `type` and `name`, the node's name in edges.

    Returns
    -------
    edges : DataFrame of shape (n_edges_found, 5)
        Node positions `source` and `target`, `relation`, `weight`, and `row`, the
        place in `table`. One row of `table` gives several edges where several nodes
        fit, such as the categories of a column.

    Raises
    ------
    ValueError
        If a name stands for features of several modalities.
    """
    known = nodes.assign(node=np.arange(len(nodes)), name=nodes["name"].astype(str))
    ends = {end: _resolve_end(table, known, end) for end in ("source", "target")}
    pairs = ends["source"].merge(ends["target"], on="row")
    rows = pairs["row"].to_numpy()
    return pairs.assign(
        relation=table["relation"].to_numpy()[rows],
        weight=table["weight"].to_numpy()[rows],
    )


def _resolve_end(table: pd.DataFrame, nodes: pd.DataFrame, end: str) -> pd.DataFrame:
    """Rows of the table with each node that fits one of their ends."""
    wanted = table[[end, f"{end}_modality", f"{end}_type"]].set_axis(
        ["name", "wanted_modality", "wanted_type"], axis=1
    )
    found = wanted.assign(row=np.arange(len(table))).merge(nodes, on="name")
    fits = np.ones(len(found), dtype=bool)
    for kind in ("modality", "type"):
        choice = found[f"wanted_{kind}"]
        fits &= (choice.isna() | (choice == found[kind])).to_numpy(dtype=bool)
    found = found[fits]
    free = found[found["wanted_modality"].isna() & found["wanted_type"].isna()]
    _check_unambiguous(free, end)
    return found[["row", "node"]].rename(columns={"node": end})


def _check_unambiguous(found: pd.DataFrame, end: str) -> None:
    modalities = found.groupby("name")["modality"].unique()
    several = modalities[modalities.str.len() > 1]
    if len(several) == 0:
        return
    raise ValueError(
        f"{len(several)} names in the column {end!r} of the edges stand for features "
        f"of several modalities, such as {several.index[0]!r} in "
        f"{quoted(several.iloc[0])}. Add a column '{end}_modality' with the name of a "
        f"modality, or '{end}_type' with a node type (which links all of that type)."
    )


def unique_edges(edges: pd.DataFrame) -> pd.DataFrame:
    """Keep each pair of nodes once per relation, with its strongest weight; no loops.

    Parameters
    ----------
    edges : DataFrame
        Columns `source`, `target`, `relation` and `weight`.

    Returns
    -------
    edges : DataFrame
        The same columns, in the direction of the strongest weight.
    """
    edges = edges[["source", "target", "relation", "weight"]]
    edges = edges[(edges["source"] != edges["target"]) & (edges["weight"] != 0)]
    strength = edges["weight"].abs().to_numpy()
    edges = edges.iloc[np.argsort(-strength, kind="stable")]
    ends = np.sort(edges[["source", "target"]].to_numpy(), axis=1)
    repeated = (
        pd.DataFrame(ends, index=edges.index)
        .assign(relation=edges["relation"])
        .duplicated()
    )
    kept = edges[~repeated]
    order = np.lexsort([kept["relation"], kept["target"], kept["source"]])
    return kept.iloc[order].reset_index(drop=True)
