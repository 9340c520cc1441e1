"""Edges between features that correlate in the training patients."""

import numpy as np
import pandas as pd

RELATION = "correlates_with"

# Standard errors by which a correlation (after Fisher's transformation) has to differ
# from 0: of a thousand unrelated features, one in fifteen then has an edge by chance.
_STANDARD_ERRORS = 4.0
_MIN_PATIENTS = 10
_CHUNK_SIZE = 256


def correlation_edges(
    tables: list[np.ndarray], n_neighbors: int, chunk_size: int = _CHUNK_SIZE
) -> pd.DataFrame:
    """Link each feature to those it correlates with most.

    Parameters
    ----------
    tables : list of ndarray of shape (n_patients, n_features)
        One per modality, the same patients in all; NaN = missing.
    n_neighbors : int
        Largest number of edges from a feature to its own modality, and to all others
        together.
    chunk_size : int, default=256
        Features compared with all others at a time; bounds the memory.

    Returns
    -------
    edges : DataFrame of shape (n_edges, 4)
        Node positions `source` and `target`, `relation` and `weight`, the Pearson
        correlation over the patients who have both. Pairs shared by fewer than ten
        patients, and correlations within four standard errors of 0, are left out.
    """
    owner = np.repeat(np.arange(len(tables)), [table.shape[1] for table in tables])
    values = np.hstack(tables)
    observed = (~np.isnan(values)).astype(np.float64)
    counts = np.maximum(observed.sum(axis=0), 1)
    values = np.where(observed > 0, values, 0.0)
    # close to 0 first, so that differences of sums of squares keep their digits
    values = np.where(observed > 0, values - values.sum(axis=0) / counts, 0.0)
    found = []
    for start in range(0, len(owner), chunk_size):
        rows = np.arange(start, min(start + chunk_size, len(owner)))
        correlation = _pairwise_correlation(values, observed, rows)
        same = owner[rows][:, None] == owner
        for chosen in (same, ~same):
            found.append(_strongest(np.where(chosen, correlation, 0.0), n_neighbors))
            found[-1]["source"] += start
    edges = pd.concat(found, ignore_index=True)
    return edges.assign(relation=RELATION)


def _pairwise_correlation(
    values: np.ndarray, observed: np.ndarray, rows: np.ndarray
) -> np.ndarray:
    """Correlation of some features with all; 0 where it is not beyond chance."""
    own, seen = values[:, rows].T, observed[:, rows].T
    n_shared = np.maximum(seen @ observed, 1)
    own_mean, other_mean = (own @ observed) / n_shared, (seen @ values) / n_shared
    own_variance = (own**2 @ observed) / n_shared - own_mean**2
    other_variance = (seen @ values**2) / n_shared - other_mean**2
    scale = np.sqrt(np.maximum(own_variance, 0) * np.maximum(other_variance, 0))
    covariance = (own @ values) / n_shared - own_mean * other_mean
    with np.errstate(divide="ignore", invalid="ignore"):
        correlation = np.clip(covariance / scale, -1, 1)
    correlation[~(scale > 1e-12)] = 0.0
    limit = np.tanh(_STANDARD_ERRORS / np.sqrt(np.maximum(n_shared - 3, 1)))
    weak = (np.abs(correlation) < limit) | (n_shared < _MIN_PATIENTS)
    correlation[weak] = 0.0
    correlation[np.arange(len(rows)), rows] = 0.0
    return correlation


def _strongest(correlation: np.ndarray, n_neighbors: int) -> pd.DataFrame:
    n_kept = min(n_neighbors, correlation.shape[1])
    strength = np.abs(correlation)
    best = np.argpartition(-strength, n_kept - 1, axis=1)[:, :n_kept]
    source = np.repeat(np.arange(len(correlation)), n_kept)
    weight = np.take_along_axis(correlation, best, axis=1).ravel()
    edges = pd.DataFrame({"source": source, "target": best.ravel(), "weight": weight})
    return edges[edges["weight"] != 0]
