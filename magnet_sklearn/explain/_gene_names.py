"""Names of genes in one spelling, and what is lost on the way."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import pandas as pd

_ENSEMBL_VERSION = re.compile(r"(ENS[A-Z]*\d{6,})\.\d+(?:_PAR_Y)?")
_WITH_ENTREZ = re.compile(r"(\S+?)(?:\|\d+| \(\d+\)|,[\d.]+)")

Aliases = Mapping[str, str] | pd.Series | Callable[[str], str]


class Matched(NamedTuple):
    """Scores by gene name, and names that gave none."""

    scores: pd.Series  # by cleaned name
    rows: pd.Index  # names as given, in the same order
    lost: pd.DataFrame  # columns `name` and `reason`


def clean_name(name: Any) -> str:
    """Return a gene's name without its version, Entrez number and case."""
    text = str(name).strip().upper()
    for pattern in (_ENSEMBL_VERSION, _WITH_ENTREZ):
        match = pattern.fullmatch(text)
        if match:
            text = match.group(1)
    return "" if text in {"?", "NAN", "NONE", "---"} else text


def clean_names(names: Iterable[Any], aliases: Aliases | None = None) -> list[str]:
    """Return cleaned names, "" for those that name no gene.

    Parameters
    ----------
    names : iterable of str
        Symbols or Ensembl ids, as tables of omics have them.
    aliases : dict, Series, callable or None
        From names, as given or cleaned, to those of the gene sets.

    Returns
    -------
    cleaned : list of str
        Upper case.
    """
    if aliases is None:
        return [clean_name(name) for name in names]
    if callable(aliases):
        return [clean_name(aliases(str(name))) for name in names]
    known = {str(name): value for name, value in aliases.items()}
    cleaned = {clean_name(name): value for name, value in aliases.items()}
    known = {**cleaned, **known}
    found = []
    for name in names:
        own = clean_name(name)
        found.append(clean_name(known.get(str(name), known.get(own, own))))
    return found


def match_genes(
    scores: pd.Series, aliases: Aliases | None, background: Iterable[Any] | None
) -> Matched:
    """Give each gene one score, under its cleaned name.

    Parameters
    ----------
    scores : Series
        Score by name.
    aliases : dict, Series, callable or None
        As in `clean_names`.
    background : iterable of str or None
        Genes that count; None counts all.

    Returns
    -------
    matched : Matched
        Of several names of one gene the one with the largest absolute score.
    """
    names = pd.Series(clean_names(scores.index, aliases), scores.index, dtype=object)
    reason = pd.Series("", range(len(scores)), dtype=object)
    reason[scores.isna().to_numpy()] = "no score"
    reason[(names == "").to_numpy()] = "no gene name"
    if background is not None:
        counted = set(clean_names(background, aliases))
        outside = (~names.isin(counted)).to_numpy() & (reason == "").to_numpy()
        reason[outside] = "not in the background"
    size = scores.abs().reset_index(drop=True).where(reason == "", -1.0)
    order = size.sort_values(ascending=False, kind="stable").index
    repeated = names.iloc[order].duplicated().to_numpy()
    again = order[repeated]
    reason[again] = reason[again].where(reason[again] != "", "another name of a gene")
    kept = (reason == "").to_numpy()
    lost = pd.DataFrame({"name": scores.index[~kept], "reason": reason[~kept].values})
    return Matched(
        pd.Series(scores[kept].to_numpy(float), names[kept].to_list()),
        scores.index[kept],
        lost,
    )
