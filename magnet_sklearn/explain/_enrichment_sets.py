"""Gene sets from dicts and GMT files, among the genes that were measured."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from os import PathLike
from typing import Any

import pandas as pd

from magnet_sklearn.data import quoted
from magnet_sklearn.explain._gene_names import clean_names
from magnet_sklearn.graph import gmt_sets

GeneSets = Mapping[str, Collection[str]] | str | PathLike[str]


def read_gene_sets(gene_sets: GeneSets) -> dict[str, list[str]]:
    """Return the cleaned genes of each set.

    Parameters
    ----------
    gene_sets : dict of str to collection of str, or path
        Sets, or a GMT file.

    Returns
    -------
    sets : dict of str to list of str
        Each gene once, sorted.

    Raises
    ------
    TypeError
        If `gene_sets` is neither, or a set is a text.
    ValueError
        If there is no set, or two of the same name.
    """
    found: list[tuple[str, Any]]
    if isinstance(gene_sets, Mapping):
        found = list(gene_sets.items())
    elif isinstance(gene_sets, str | PathLike):
        found = list(gmt_sets(gene_sets))
    else:
        raise TypeError(
            "gene_sets must be a dict of name to genes or the path of a GMT file, got "
            f"{type(gene_sets).__name__}."
        )
    texts = [name for name, genes in found if isinstance(genes, str)]
    if texts:
        raise TypeError(
            f"The gene sets {quoted(texts, 5)} are texts. Give a list of genes each."
        )
    sets = {name: sorted({*clean_names(genes)} - {""}) for name, genes in found}
    names = pd.Index([name for name, _ in found])
    if not len(names) or not names.is_unique:
        problem = f"repeat the names {quoted(names[names.duplicated()], 5)}"
        raise ValueError(f"gene_sets {problem if len(names) else 'hold no set'}.")
    return sets


def among(
    sets: Mapping[str, list[str]], genes: pd.Index, min_size: int, max_size: int | None
) -> tuple[dict[str, list[str]], pd.DataFrame]:
    """Restrict sets to the genes that were measured.

    Parameters
    ----------
    sets : dict of str to list of str
        As `read_gene_sets` returns them.
    genes : Index of length n_genes
        Measured genes.
    min_size, max_size : int
        How many of these a set must have at least and at most; None is no limit.

    Returns
    -------
    tested : dict of str to list of str
        Those of the right size.
    not_tested : DataFrame of shape (n_sets, 1)
        `size` of the others.

    Raises
    ------
    ValueError
        If no set is left.
    """
    measured = set(genes)
    kept = {
        name: [g for g in members if g in measured] for name, members in sets.items()
    }
    most = len(genes) if max_size is None else max_size
    tested = {
        n: members for n, members in kept.items() if min_size <= len(members) <= most
    }
    if not any(kept.values()):
        first = next(iter(sets.values()))
        raise ValueError(
            f"None of the {len(genes)} genes, such as {quoted(genes, 3)}, is in the "
            f"gene sets, which have genes such as {quoted(first, 3)}. Pass the names "
            "of the gene sets by `aliases`, e.g. a dict from Ensembl ids to symbols."
        )
    if not tested:
        largest = max(len(members) for members in kept.values())
        raise ValueError(
            f"No gene set has between min_size={min_size} and max_size={max_size} of "
            f"the {len(genes)} genes; the largest has {largest}."
        )
    others = {n: len(kept[n]) for n in kept if n not in tested}
    return tested, pd.DataFrame({"size": pd.Series(others, dtype=int)})
