"""What pathway enrichment returns."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True, eq=False)
class Enrichment:
    """Gene sets with their p-values, and what became of the genes.

    Parameters
    ----------
    table : DataFrame of shape (n_sets, n_columns)
        A row per tested set, smallest p-value first; see `pathway_enrichment`.
    method : {"ora", "gsea"}
        How it was tested.
    genes : Index of length n_genes
        Genes with a score, by cleaned name.
    selected : Index of length n_selected
        Those selected for over-representation, best first; all genes for "gsea".
    lost_ : DataFrame of shape (n_lost, 2)
        Columns `name` and `reason`: names that gave no gene, and genes in no set.
    not_tested_ : DataFrame of shape (n_not_tested, 1)
        Column `size`: sets with too few or too many of the genes.

    Examples
    --------
    >>> from magnet_sklearn.explain import pathway_enrichment
    >>> scores = {"TP53": 3.0, "BAX": 2.0, "ACTB": 0.1, "GAPDH": 0.0, "?|12": 1.0}
    >>> sets = {"apoptosis": ["TP53", "BAX", "BCL2"], "muscle": ["ACTB"]}
    >>> result = pathway_enrichment(scores, sets, top=2, min_size=1)
    >>> result.to_frame()["p_value"].round(3).to_dict()
    {'apoptosis': 0.167, 'muscle': 1.0}
    >>> result.n_mapped, result.lost_["reason"].tolist()
    (3, ['no gene name', 'in no gene set'])
    """

    table: pd.DataFrame
    method: str
    genes: pd.Index
    selected: pd.Index
    lost_: pd.DataFrame
    not_tested_: pd.DataFrame

    @property
    def n_mapped(self) -> int:
        """Number of genes with a score that are in some gene set."""
        return len(self.genes) - int((self.lost_["reason"] == "in no gene set").sum())

    def to_frame(self) -> pd.DataFrame:
        """Return the table of sets.

        Returns
        -------
        table : DataFrame of shape (n_sets, n_columns)
            Smallest p-value first.
        """
        return self.table.copy()
