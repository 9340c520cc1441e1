"""Tests of gene sets."""

from __future__ import annotations

import warnings
from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.sparse import csr_array
from scipy.stats import false_discovery_control, hypergeom

from magnet_sklearn._utils import import_optional


def over_representation(
    sets: Mapping[str, list[str]],
    background: pd.Index,
    selected: pd.Index,
    permuted: list[pd.Index] | None,
) -> pd.DataFrame:
    """Test whether sets hold more selected genes than drawn at random.

    Parameters
    ----------
    sets : dict of str to list of str
        Genes of each set, all of the background.
    background : Index of length n_genes
        All genes that could be selected.
    selected : Index of length n_selected
        Those that were.
    permuted : list of Index or None
        Genes selected after permuting the labels; p-values then come from these.

    Returns
    -------
    table : DataFrame of shape (n_sets, 6)
        Not sorted.
    """
    rows = np.repeat(np.arange(len(sets)), [len(genes) for genes in sets.values()])
    columns = background.get_indexer(pd.Index([g for s in sets.values() for g in s]))
    shape = len(sets), len(background)
    member = csr_array((np.ones(len(rows)), (rows, columns)), shape)

    def overlaps(genes):
        return (member @ background.isin(genes).astype(float)).astype(int)

    overlap, size = overlaps(selected), np.diff(member.indptr)
    expected = size * len(selected) / len(background)
    if permuted is None:
        p = hypergeom.sf(overlap - 1, len(background), size, len(selected))
    else:
        as_large = sum((overlaps(genes) >= overlap).astype(int) for genes in permuted)
        p = (1 + np.asarray(as_large)) / (1 + len(permuted))
    p = np.clip(p, 0.0, 1.0)
    chosen = set(selected)
    table = {
        "size": size,
        "overlap": overlap,
        "fold_enrichment": overlap / np.maximum(expected, 1e-300),
        "p_value": p,
        "p_adjusted": false_discovery_control(p, method="bh"),
        "genes": [[g for g in genes if g in chosen] for genes in sets.values()],
    }
    return pd.DataFrame(table, index=pd.Index(sets, name="gene_set"))


def preranked_gsea(
    sets: Mapping[str, list[str]], scores: pd.Series, n_permutations: int, seed: int
) -> pd.DataFrame:
    """Test whether the genes of sets stand at one end of a ranking.

    Parameters
    ----------
    sets : dict of str to list of str
        Genes of each set.
    scores : Series of length n_genes
        What genes are ranked by.
    n_permutations : int
        Of the genes.
    seed : int
        Of the permutations.

    Returns
    -------
    table : DataFrame of shape (n_sets, 6)
        Not sorted.
    """
    gseapy = import_optional("gseapy", extra="explain")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # deprecations of pandas, ties of scores
        result = gseapy.prerank(
            scores.sort_values(ascending=False, kind="stable"),
            {name: list(genes) for name, genes in sets.items()},
            outdir=None,
            no_plot=True,
            min_size=1,
            max_size=len(scores),
            permutation_num=n_permutations,
            threads=1,
            seed=seed,
        ).res2d
    result = result.set_index("Term").reindex(pd.Index(sets))
    leading = result["Lead_genes"].fillna("").astype(str)
    table = {
        "size": [len(genes) for genes in sets.values()],
        "enrichment_score": result["ES"].astype(float).to_numpy(),
        "normalized_score": result["NES"].astype(float).to_numpy(),
        "p_value": result["NOM p-val"].astype(float).to_numpy(),
        "p_adjusted": result["FDR q-val"].astype(float).to_numpy(),
        "genes": [genes.split(";") if genes else [] for genes in leading],
    }
    return pd.DataFrame(table, index=pd.Index(sets, name="gene_set"))
