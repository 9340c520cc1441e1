"""Pathway enrichment by the web service g:Profiler, only where it is called."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from http.client import HTTPException
from urllib.request import Request, urlopen

import pandas as pd

from magnet_sklearn.explain._gene_names import clean_names

_URL = "https://biit.cs.ut.ee/gprofiler/api/gost/profile/"
_COLUMNS = {
    "native": "id",
    "name": "name",
    "source": "source",
    "term_size": "size",
    "intersection_size": "overlap",
    "p_value": "p_adjusted",
}


def gprofiler_enrichment(
    genes: Collection[str],
    background: Collection[str],
    *,
    organism: str = "hsapiens",
    sources: Sequence[str] = ("GO:BP", "REAC"),
    url: str = _URL,
    timeout: float = 30.0,
) -> pd.DataFrame:
    """Send selected genes to the web service g:Profiler.

    The names of the genes and of the background leave this computer; no data of
    patients does.

    Parameters
    ----------
    genes : collection of str
        Selected genes: symbols or Ensembl ids, such as ``enrichment.selected``.
    background : collection of str
        All genes that could have been selected, such as ``enrichment.genes``.
    organism : str, default="hsapiens"
        As g:Profiler names it.
    sources : sequence of str, default=("GO:BP", "REAC")
        Collections of gene sets, as g:Profiler names them.
    url : str
        Address of the service. The default is its public server.
    timeout : float, default=30.0
        Seconds to wait for an answer.

    Returns
    -------
    table : DataFrame of shape (n_sets, 6)
        Columns `id`, `name`, `source`, `size`, `overlap` and `p_adjusted` (Benjamini
        and Hochberg, by g:Profiler over the sets that it tested), smallest first.

    Raises
    ------
    ConnectionError
        If the service cannot be reached or its answer cannot be read.
    ValueError
        If there is no gene.

    References
    ----------
    .. [1] L. Kolberg et al., "g:Profiler: interoperable web service for functional
       enrichment analysis", Nucleic Acids Research 51 (2023).

    Examples
    --------
    >>> from magnet_sklearn.explain import gprofiler_enrichment
    >>> gprofiler_enrichment(
    ...     ["TP53"], ["TP53", "ACTB"], url="http://127.0.0.1:9/", timeout=1.0
    ... )
    Traceback (most recent call last):
        ...
    ConnectionError: g:Profiler did not answer at http://127.0.0.1:9/ ...
    """
    query, domain = (sorted({*clean_names(g)} - {""}) for g in (genes, background))
    if not query or not domain:
        raise ValueError(f"Got {len(query)} genes and {len(domain)} in the background.")
    question = {
        "organism": organism,
        "query": query,
        "background": domain,
        "domain_scope": "custom",
        "sources": list(sources),
        "significance_threshold_method": "fdr",
        "all_results": True,
        "no_evidences": True,
    }
    rows = _post(url, question, timeout)
    table = pd.DataFrame(rows, columns=list(_COLUMNS)).rename(columns=_COLUMNS)
    return table.sort_values("p_adjusted", kind="stable", ignore_index=True)


def _post(url, question, timeout):
    """Send a question and return the rows of the answer."""
    body = json.dumps(question).encode()
    request = Request(url, body, {"Content-Type": "application/json"})
    try:
        with urlopen(request, timeout=timeout) as reply:
            return json.load(reply)["result"]
    except (OSError, HTTPException, ValueError, KeyError, TypeError) as error:
        raise ConnectionError(
            f"g:Profiler did not answer at {url} ({error}). Check the connection or "
            "raise timeout; without internet use pathway_enrichment with a GMT file."
        ) from error
