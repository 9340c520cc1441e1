"""Readers of prior knowledge: edges between features in local files."""

from collections.abc import Collection, Iterator, Mapping
from itertools import combinations
from os import PathLike

import numpy as np
import pandas as pd

from magnet_sklearn.data import quoted

_MAX_STRING_SCORE = 1000


def read_string_edges(
    path: str | PathLike[str],
    names: str | PathLike[str] | Mapping[str, str] | None = None,
    *,
    min_score: int = 700,
    features: Collection[str] | None = None,
) -> pd.DataFrame:
    r"""Read protein interactions from a links file of STRING.

    Parameters
    ----------
    path : str or path
        File such as ``9606.protein.links.v12.0.txt.gz`` [1]_: columns `protein1`,
        `protein2` and `combined_score`, separated by spaces.
    names : str, path or dict of str to str, default=None
        Names of the proteins in the data: an info file of STRING, such as
        ``9606.protein.info.v12.0.txt.gz`` (its gene symbols are taken), or a dict
        from STRING's identifiers. If None, the identifiers are kept. Proteins
        without a name are left out.
    min_score : int, default=700
        Smallest combined score, out of 1000; 700 is STRING's "high confidence".
    features : collection of str, default=None
        Keep only edges between these names. If None, keep all.

    Returns
    -------
    edges : DataFrame of shape (n_edges, 4)
        `source`, `relation` ("interacts_with"), `target`, and as `weight` the score
        over 1000. Each pair once.

    Raises
    ------
    ValueError
        If a file does not have the columns of STRING.

    References
    ----------
    .. [1] https://string-db.org/cgi/download

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from magnet_sklearn.graph import read_string_edges
    >>> lines = ["protein1 protein2 combined_score", "9606.A 9606.B 900"]
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "links.txt")
    ...     _ = path.write_text("\n".join(lines))
    ...     edges = read_string_edges(path, {"9606.A": "TP53", "9606.B": "MDM2"})
    >>> edges[["source", "target"]].to_numpy().tolist(), edges["weight"].tolist()
    ([['TP53', 'MDM2']], [0.9])
    """
    links = pd.read_csv(path, sep=r"\s+")
    _check_columns(path, links, ["protein1", "protein2", "combined_score"])
    links = links[links["combined_score"] >= min_score]
    ends = links[["protein1", "protein2"]]
    if names is not None:
        called = names if isinstance(names, Mapping) else _string_names(names)
        ends = ends.apply(lambda column: column.map(called))
    edges = pd.DataFrame(
        {
            "source": ends["protein1"],
            "relation": "interacts_with",
            "target": ends["protein2"],
            "weight": links["combined_score"] / _MAX_STRING_SCORE,
        }
    ).dropna()
    edges = _among(edges, features)
    pairs = np.sort(edges[["source", "target"]].to_numpy(dtype=str), axis=1)
    repeated = pd.DataFrame(pairs, index=edges.index).duplicated()
    return edges[~repeated].reset_index(drop=True)


def _string_names(path) -> dict[str, str]:
    info = pd.read_csv(path, sep="\t")
    # the first column's name starts with a '#' in some releases
    info = info.rename(columns=lambda name: str(name).lstrip("#"))
    _check_columns(path, info, ["string_protein_id", "preferred_name"])
    return dict(zip(info["string_protein_id"], info["preferred_name"], strict=True))


def read_gmt_edges(
    path: str | PathLike[str],
    *,
    max_set_size: int = 200,
    features: Collection[str] | None = None,
) -> pd.DataFrame:
    r"""Link features that are members of the same sets.

    Two members of a set of n get the weight 1 / (n - 1), summed over the sets both
    are in [1]_, so that large sets do not outweigh small ones.

    Parameters
    ----------
    path : str or path
        GMT file, as Reactome, MSigDB and Enrichr offer it: a line per set, separated
        by tabs, with name, description and members.
    max_set_size : int, default=200
        Leave out larger sets: they say little, and their pairs are many.
    features : collection of str, default=None
        Count only these members. If None, count all.

    Returns
    -------
    edges : DataFrame of shape (n_edges, 4)
        `source`, `relation` ("shares_pathway_with"), `target` and `weight`.

    Raises
    ------
    ValueError
        If a line has fewer than three fields.

    References
    ----------
    .. [1] M. E. J. Newman: Scientific collaboration networks II. Physical Review E
       64, 016132, 2001.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from magnet_sklearn.graph import read_gmt_edges
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "sets.gmt")
    ...     _ = path.write_text("apoptosis\t-\tTP53\tBAX\tBCL2\n")
    ...     read_gmt_edges(path, features=["TP53", "BAX"])["weight"].tolist()
    [1.0]
    """
    allowed = None if features is None else set(features)
    weights: dict[tuple[str, str], float] = {}
    for _, members in gmt_sets(path):
        kept = sorted(members if allowed is None else members & allowed)
        if len(kept) > max_set_size:
            continue
        for pair in combinations(kept, 2):
            weights[pair] = weights.get(pair, 0.0) + 1 / (len(kept) - 1)
    return pd.DataFrame(
        {
            "source": [source for source, _ in weights],
            "relation": "shares_pathway_with",
            "target": [target for _, target in weights],
            "weight": list(weights.values()),
        }
    )


def gmt_sets(path: str | PathLike[str]) -> Iterator[tuple[str, set[str]]]:
    """Yield name and members of each set of a GMT file."""
    with open(path, encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            fields = line.rstrip("\n").split("\t")
            if not line.strip():
                continue
            if len(fields) < 3:
                raise ValueError(
                    f"Line {number} of {path} has {len(fields)} fields separated by "
                    "tabs; a GMT file has a name, a description and members. Check "
                    "that this is a GMT file."
                )
            yield fields[0], {member for member in fields[2:] if member}


def read_mapping_edges(
    path: str | PathLike[str],
    *,
    relation: str = "codes_for",
    source_type: str = "gene",
    target_type: str = "protein",
    sep: str | None = None,
    features: Collection[str] | None = None,
) -> pd.DataFrame:
    r"""Read a mapping from features of one type to those of another.

    Parameters
    ----------
    path : str or path
        Table with a header; its first two columns are source and target, such as
        gene and protein, and a column `weight` is read if there is one.
    relation : str, default="codes_for"
        Relation of all edges.
    source_type : str, default="gene"
        Node type of the first column.
    target_type : str, default="protein"
        Node type of the second column.
    sep : str, default=None
        What separates the columns. If None, a tab if the header has one, else a comma.
    features : collection of str, default=None
        Keep only edges between these names. If None, keep all.

    Returns
    -------
    edges : DataFrame of shape (n_edges, 6)
        `source`, `relation`, `target`, `weight`, `source_type` and `target_type`.

    Raises
    ------
    ValueError
        If the table has fewer than two columns.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from magnet_sklearn.graph import read_mapping_edges
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "map.csv")
    ...     _ = path.write_text("gene,protein\nTP53,p53\n")
    ...     read_mapping_edges(path)[["source", "relation", "target"]].iloc[0].tolist()
    ['TP53', 'codes_for', 'p53']
    """
    if sep is None:
        header = pd.read_csv(path, sep="\0", nrows=0).columns[0]
        sep = "\t" if "\t" in header else ","
    table = pd.read_csv(path, sep=sep, dtype={0: str, 1: str})
    if table.shape[1] < 2:
        raise ValueError(
            f"{path} has one column, {quoted(table.columns)}. Pass the separator as "
            "sep, or a file whose first two columns are source and target."
        )
    ends = table.iloc[:, :2].set_axis(["source", "target"], axis=1)
    edges = pd.DataFrame(
        {
            "source": ends["source"],
            "relation": relation,
            "target": ends["target"],
            "weight": table.get("weight", 1.0),
            "source_type": source_type,
            "target_type": target_type,
        }
    )
    edges = edges.dropna(subset=["source", "target"]).drop_duplicates()
    return _among(edges, features).reset_index(drop=True)


def _check_columns(path, table: pd.DataFrame, expected: list[str]) -> None:
    absent = [name for name in expected if name not in table]
    if absent:
        raise ValueError(
            f"{path} has no column {quoted(absent)}; its columns are "
            f"{quoted(table.columns, 5)}. Pass the file of STRING that has "
            f"{quoted(expected)}."
        )


def _among(edges: pd.DataFrame, features: Collection[str] | None) -> pd.DataFrame:
    if features is None:
        return edges
    known = set(features)
    return edges[edges["source"].isin(known) & edges["target"].isin(known)]
