"""Scores of genes, and which of them are selected."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from magnet_sklearn.data import did_you_mean, quoted
from magnet_sklearn.explain._explanation import Explanation
from magnet_sklearn.explain._gene_names import Matched


def gene_scores(
    scores: pd.Series | Mapping[Any, float] | Explanation,
    method: str,
    modality: str | None,
    output: Any,
) -> pd.Series:
    """Return a score by gene name.

    Parameters
    ----------
    scores : Series, dict or Explanation
        As in `pathway_enrichment`.
    method : {"ora", "gsea"}
        Of an Explanation takes the mean absolute value, or the mean.
    modality, output : str or None
        Of an Explanation.

    Returns
    -------
    scores : Series of length n_genes
        Finite or NaN.
    """
    if isinstance(scores, Explanation):
        return _of_modality(_of_explanation(scores, method, output), modality)
    if not isinstance(scores, pd.Series | Mapping):
        raise TypeError(
            "scores must be a Series or dict of gene to score, or an Explanation; got "
            f"{type(scores).__name__}."
        )
    values = pd.Series(scores, dtype=float)
    if not len(values):
        raise ValueError("scores hold no gene.")
    if np.isinf(values).any():
        raise ValueError(
            f"scores are infinite for {quoted(values.index[np.isinf(values)], 5)}. "
            "Clip them first."
        )
    return values


def _of_explanation(explanation, method, output):
    if explanation.parts.nlevels == 1:
        raise ValueError(
            "This Explanation has values of modalities, not of genes. Pass one of "
            "features."
        )
    if method == "ora":
        return explanation.importance(output)
    outputs = list(explanation.outputs)
    if output is None and len(outputs) > 1:
        raise ValueError(f"Name the output to rank by, one of {quoted(outputs, 20)}.")
    place = 0 if output is None else outputs.index(output)
    return pd.Series(explanation.values[:, :, place].mean(axis=0), explanation.parts)


def _of_modality(scores, modality):
    names = scores.index.get_level_values(0)
    known = names.unique()
    if modality is None and len(known) == 1:
        modality = known[0]
    if modality not in known:
        hint = "" if modality is None else did_you_mean(modality, known)
        raise ValueError(
            f"modality={modality!r} is none of this Explanation: {quoted(known)}.{hint}"
        )
    return scores[names == modality].droplevel(0)


def check_selection(
    method: str,
    top: int | None,
    threshold: float | None,
    permutations: pd.DataFrame | None,
) -> None:
    """Refuse what does not say, or need not say, which genes are selected."""
    given = [top is not None, threshold is not None]
    if method == "ora" and sum(given) != 1:
        raise ValueError(
            'method="ora" tests selected genes. Pass either top=100, say, for the '
            "genes of the highest scores, or threshold for those of at least this "
            "score."
        )
    if method == "gsea" and (any(given) or permutations is not None):
        raise ValueError(
            'method="gsea" ranks all genes: top, threshold and permutations are for '
            'method="ora".'
        )
    if top is not None and top < 1:
        raise ValueError(f"top must be at least 1, got {top}.")


def select(scores: pd.Series, top: int | None, threshold: float | None) -> pd.Index:
    """Return the genes of the highest scores, best first."""
    ranked = scores.sort_values(ascending=False, kind="stable")
    if top is not None:
        return ranked[ranked > 0].index[:top]
    return ranked[ranked >= threshold].index


def select_permuted(
    permutations: pd.DataFrame | None,
    matched: Matched,
    top: int | None,
    threshold: float | None,
) -> list[pd.Index] | None:
    """Return the genes that each permutation selects, by cleaned name."""
    if permutations is None:
        return None
    absent = matched.rows.difference(pd.Index(permutations.columns))
    if len(absent):
        raise ValueError(
            f"permutations have no column for {len(absent)} genes of scores: "
            f"{quoted(absent, 5)}. Columns are names as in scores."
        )
    values = permutations[list(matched.rows)].to_numpy(float)
    genes = matched.scores.index
    return [select(pd.Series(row, genes), top, threshold) for row in values]
