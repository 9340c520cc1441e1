"""Summary statistics of a patient graph."""

from typing import Any

import numpy as np
import pandas as pd

from magnet_sklearn.graph._patient_graph import PatientGraph

_TINY = np.finfo(float).tiny


def graph_summary(neighbors: np.ndarray, references: np.ndarray, y: Any = None) -> dict:
    """Describe the training graph; see `PatientGraphBuilder.graph_summary_`."""
    edges = neighbors >= 0
    counts = np.bincount(neighbors[edges], minlength=references[-1] + 1)[references]
    summary = {
        "n_references": len(references),
        "n_neighbors": neighbors.shape[1],
        "mean_degree": float(edges.sum(axis=1).mean()),
        "in_degree_skew": _skewness(counts),
        "isolated_share": float((~edges.any(axis=1)).mean()),
    }
    codes = _class_codes(y)
    if codes is not None:
        queries, ranks = np.nonzero(edges)
        same = codes[queries] == codes[neighbors[queries, ranks]]
        sizes = np.bincount(codes).astype(float)
        n_pairs = max(len(codes) * (len(codes) - 1), 1)
        summary["label_homophily"] = float(same.mean()) if len(same) else float("nan")
        summary["label_homophily_chance"] = float((sizes * (sizes - 1)).sum() / n_pairs)
    return summary


def search_quality(
    found: PatientGraph, exact: PatientGraph, best: PatientGraph
) -> dict:
    """Compare neighbours found with those of an exact search, and of all patients."""
    largest = max(best.similarity.sum(), _TINY)
    return {
        "recall": share_found(found.neighbors, exact.neighbors),
        "similarity_kept": float(found.similarity.sum() / largest),
    }


def share_found(found: np.ndarray, exact: np.ndarray) -> float:
    """Share of the exact neighbours that a search found; 1 if there are none."""
    hits = [np.isin(a[a >= 0], b).sum() for a, b in zip(exact, found, strict=True)]
    n_exact = (exact >= 0).sum()
    return float(sum(hits) / n_exact) if n_exact else 1.0


def _skewness(counts: np.ndarray) -> float:
    deviation = counts - counts.mean()
    spread = deviation.std()
    return float(((deviation / spread) ** 3).mean()) if spread > 0 else 0.0


def _class_codes(y: Any) -> np.ndarray | None:
    """Classes as integers; None if y does not hold class labels."""
    labels = None if y is None else np.asarray(y)
    if labels is None or labels.ndim != 1 or labels.dtype.names is not None:
        return None
    if labels.dtype.kind == "f" and not (labels == np.rint(labels)).all():
        return None
    codes, _ = pd.factorize(labels)
    return None if (codes < 0).any() else codes
