"""Pathways in which the important genes are."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils._param_validation import StrOptions, validate_params

from magnet_sklearn._utils import spawn_seeds
from magnet_sklearn.explain._enrichment_result import Enrichment
from magnet_sklearn.explain._enrichment_scores import (
    check_selection,
    gene_scores,
    select,
    select_permuted,
)
from magnet_sklearn.explain._enrichment_sets import GeneSets, among, read_gene_sets
from magnet_sklearn.explain._enrichment_statistics import (
    over_representation,
    preranked_gsea,
)
from magnet_sklearn.explain._explanation import Explanation
from magnet_sklearn.explain._gene_names import Aliases, clean_names, match_genes


@validate_params(
    {"method": [StrOptions({"ora", "gsea"})]}, prefer_skip_nested_validation=True
)
def pathway_enrichment(
    scores: pd.Series | Mapping[str, float] | Explanation,
    gene_sets: GeneSets,
    background: Collection[str] | None = None,
    method: str = "ora",
    *,
    top: int | None = None,
    threshold: float | None = None,
    modality: str | None = None,
    output: Any = None,
    aliases: Aliases | None = None,
    permutations: pd.DataFrame | None = None,
    min_size: int = 3,
    max_size: int | None = 500,
    n_permutations: int = 1000,
    random_state: int | np.random.RandomState | np.random.Generator | None = None,
) -> Enrichment:
    """Find gene sets with many important genes.

    Parameters
    ----------
    scores : Series or dict of gene to score, or Explanation
        Higher is more important. Of an Explanation of features: their mean absolute
        value over patients for "ora", their mean for "gsea".
    gene_sets : dict of str to collection of genes, or path of a GMT file
        Sets by name. Nothing is downloaded; see `gprofiler_enrichment` for that.
    background : collection of genes, default=None
        Genes that could have been selected. If None, those of `scores`, which is right
        where these are all genes that were measured.
    method : {"ora", "gsea"}, default="ora"
        "ora": over-representation of the selected genes, hypergeometric. "gsea": genes
        ranked by score, by the package gseapy [1]_.
    top : int, default=None
        For "ora": select that many genes of the highest scores above 0.
    threshold : float, default=None
        For "ora", in place of `top`: select genes of at least this score.
    modality : str, default=None
        Modality of an Explanation that has several.
    output : name of an output, default=None
        Output of an Explanation; None is the mean over all for "ora".
    aliases : dict, Series or callable, default=None
        From the names in `scores` to those in `gene_sets`, such as a column of symbols
        with Ensembl ids as index. Without, too, "ENSG00000141510.11" is read as
        "ENSG00000141510", "TP53|7157" and "tp53" as "TP53".
    permutations : DataFrame of shape (n_permutations, n_genes), default=None
        For "ora": scores after permuting the labels, a row each, columns as in
        `scores`. P-values are then shares of permutations with as large an overlap,
        which holds for correlated genes, too.
    min_size : int, default=3
        Sets with fewer genes of the background are not tested.
    max_size : int, default=500
        Sets with more genes of the background are not tested. None tests them.
    n_permutations : int, default=1000
        For "gsea": permutations of genes.
    random_state : int, RandomState, Generator or None, default=None
        For "gsea": seed of the permutations.

    Returns
    -------
    enrichment : Enrichment
        Its table has a row per tested set, with `size` (genes of the background),
        `p_value`, `p_adjusted` and `genes`. For "ora" also `overlap` (selected genes)
        and `fold_enrichment`; `p_adjusted` is by Benjamini and Hochberg over all tested
        sets, those without overlap included, and `genes` are the selected ones. For
        "gsea" also `enrichment_score` and `normalized_score`; `p_adjusted` is the
        false discovery rate of [1]_ and `genes` the leading edge.

    Raises
    ------
    ValueError
        If it is not said which genes are selected, no gene is in the sets, or an
        Explanation has several modalities and none is named.
    ImportError
        If gseapy is not installed and the method is "gsea".

    Notes
    -----
    Both tests take genes for independent. Genes of one pathway are correlated, so that
    sets come out small p-values too often; pass `permutations`.

    References
    ----------
    .. [1] A. Subramanian et al., "Gene set enrichment analysis", PNAS 102 (2005).

    Examples
    --------
    >>> from magnet_sklearn.explain import pathway_enrichment
    >>> scores = {f"G{i}": 1 / (1 + i) for i in range(100)}
    >>> sets = {"first": [f"G{i}" for i in range(8)], "last": ["G97", "G98", "G99"]}
    >>> enrichment = pathway_enrichment(scores, sets, top=10)
    >>> enrichment.to_frame()["overlap"].to_dict()
    {'first': 8, 'last': 0}
    >>> enrichment.to_frame()["p_adjusted"].round(4).to_dict()
    {'first': 0.0, 'last': 1.0}
    """
    check_selection(method, top, threshold, permutations)
    scores = gene_scores(scores, method, modality, output)
    matched = match_genes(scores, aliases, background)
    genes = pd.Index(matched.scores.index)
    ranks_all = method == "gsea" or background is None
    measured = genes if ranks_all else _cleaned(background, aliases)
    all_sets = read_gene_sets(gene_sets)
    sets, not_tested = among(all_sets, measured, min_size, max_size)
    if method == "gsea":
        seeds = spawn_seeds(random_state, 1)
        table = preranked_gsea(sets, matched.scores, n_permutations, *seeds)
        selected = genes
    else:
        selected = select(matched.scores, top, threshold)
        permuted = select_permuted(permutations, matched, top, threshold)
        table = over_representation(sets, measured, selected, permuted)
    table = table.sort_values(["p_value", "p_adjusted"], kind="stable")
    lost = _with_unused(matched, all_sets)
    return Enrichment(table, method, genes, selected, lost, not_tested)


def _cleaned(background, aliases):
    """Genes of the background, each once."""
    return pd.Index(sorted({*clean_names(background, aliases)} - {""}))


def _with_unused(matched, sets):
    """Names that gave no gene, and then those of genes in no set."""
    in_sets = {gene for genes in sets.values() for gene in genes}
    unused = matched.rows[~matched.scores.index.isin(in_sets)]
    in_no_set = pd.DataFrame({"name": unused, "reason": "in no gene set"})
    return pd.concat([matched.lost, in_no_set], ignore_index=True)
