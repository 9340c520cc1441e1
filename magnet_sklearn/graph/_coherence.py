"""How far neighbours in a feature graph tell about each other."""

import numpy as np
import pandas as pd
from scipy.sparse import csr_array


def neighbor_coherence(values: np.ndarray, edges: pd.DataFrame) -> np.ndarray:
    """Squared correlation of each feature with the mean of its neighbours, times n.

    Parameters
    ----------
    values : ndarray of shape (n_patients, n_nodes)
        Values of the features; NaN = missing.
    edges : DataFrame of shape (n_edges, 4)
        `source`, `target` and `weight` of edges, used in both directions.

    Returns
    -------
    coherence : ndarray of shape (n_nodes,)
        About 1 where the neighbours tell nothing, far more where they do; n is the
        number of patients with both. NaN for a feature without neighbours.
    """
    n_nodes = values.shape[1]
    ends = edges[["source", "target"]].to_numpy()
    rows, columns = np.concatenate([ends, ends[:, ::-1]]).T
    weight = np.tile(edges["weight"].to_numpy(), 2)
    links = csr_array((weight, (rows, columns)), shape=(n_nodes, n_nodes))
    observed = ~np.isnan(values)
    standard = _standardized(values, observed)
    total = (links @ standard.T).T
    count = (abs(links) @ observed.T.astype(np.float64)).T
    both = observed & (count > 0)
    means = np.divide(total, count, out=np.zeros_like(total), where=both)
    own, around = _standardized(standard, both), _standardized(means, both)
    n_both = both.sum(axis=0)
    correlation = (own * around).sum(axis=0) / np.maximum(n_both, 1)
    return np.where(n_both > 0, n_both * correlation**2, np.nan)


def shrinkage(coherence: np.ndarray) -> float:
    """How far to trust neighbours: 0 if they tell no more than chance, 1 if all."""
    known = coherence[~np.isnan(coherence)]
    return float(max(0.0, 1 - 1 / max(known.mean(), 1.0))) if len(known) else 0.0


def _standardized(values: np.ndarray, observed: np.ndarray) -> np.ndarray:
    """Observed values of each column with mean 0 and variance 1, others 0."""
    count = np.maximum(observed.sum(axis=0), 1)
    filled = np.where(observed, values, 0.0)
    centred = np.where(observed, filled - filled.sum(axis=0) / count, 0.0)
    spread = np.sqrt((centred**2).sum(axis=0) / count)
    return centred / np.where(spread > 1e-12, spread, 1.0)
