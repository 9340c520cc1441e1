"""How well neighbours in a feature graph predict each other."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy.sparse import csr_array
from sklearn.model_selection import KFold

_N_FOLDS = 3


def neighbor_coherence(values: np.ndarray, edges: pd.DataFrame) -> np.ndarray:
    """Squared correlation of each feature with the mean of its neighbours, times n.

    For edges that were chosen without looking at these patients. About 1 where the
    neighbours carry no information, far more where they do; n is the number of
    patients with both. NaN for a feature without neighbours.
    """
    observed = ~np.isnan(values)
    standard = _standardized(values, observed)
    return _scaled_correlation(*_paired(standard, observed, edges))


def held_out_coherence(
    values: np.ndarray, choose_edges: Callable[[np.ndarray], pd.DataFrame]
) -> np.ndarray:
    """`neighbor_coherence` of edges that are chosen from the patients themselves.

    `choose_edges` maps rows to edges. It sees the patients of all folds but one, and
    the mean of the neighbours is compared in that one: scored on the patients who
    chose them, edges between unrelated features look informative.
    """
    if len(values) < 2 * _N_FOLDS:
        return np.full(values.shape[1], np.nan)
    own, around, both = np.zeros((3, *values.shape))
    for chosen_on, fold in KFold(_N_FOLDS, shuffle=True, random_state=0).split(values):
        part, observed = values[fold], ~np.isnan(values[fold])
        standard = _standardized(part, observed)
        pairs = _paired(standard, observed, choose_edges(chosen_on))
        own[fold], around[fold], both[fold] = pairs
        # a correlation of n independent pairs has variance 1 / (n - 1), not 1 / n
        own[fold] *= np.sqrt(1 - 1 / np.maximum(both[fold].sum(axis=0), 1))
    return _scaled_correlation(own, around, both)


def shrinkage(coherence: np.ndarray) -> float:
    """Weight of the neighbours: 0 if they are as informative as chance, 1 at most."""
    known = coherence[~np.isnan(coherence)]
    return float(max(0.0, 1 - 1 / max(known.mean(), 1.0))) if len(known) else 0.0


def _paired(
    standard: np.ndarray, observed: np.ndarray, edges: pd.DataFrame
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Each feature and the mean of its neighbours, standardised, and who has both."""
    n_nodes = standard.shape[1]
    ends = edges[["source", "target"]].to_numpy()
    rows, columns = np.concatenate([ends, ends[:, ::-1]]).T
    weight = np.tile(edges["weight"].to_numpy(), 2)
    links = csr_array((weight, (rows, columns)), shape=(n_nodes, n_nodes))
    total = (links @ standard.T).T
    count = (abs(links) @ observed.T.astype(np.float64)).T
    both = observed & (count > 0)
    means = np.divide(total, count, out=np.zeros_like(total), where=both)
    return _standardized(standard, both), _standardized(means, both), both


def _scaled_correlation(
    own: np.ndarray, around: np.ndarray, both: np.ndarray
) -> np.ndarray:
    n_both = both.sum(axis=0)
    correlation = (own * around).sum(axis=0) / np.maximum(n_both, 1)
    return np.where(n_both > 0, n_both * correlation**2, np.nan)


def _standardized(values: np.ndarray, observed: np.ndarray) -> np.ndarray:
    """Observed values of each column with mean 0 and variance 1, others 0."""
    count = np.maximum(observed.sum(axis=0), 1)
    filled = np.where(observed, values, 0.0)
    centred = np.where(observed, filled - filled.sum(axis=0) / count, 0.0)
    spread = np.sqrt((centred**2).sum(axis=0) / count)
    return centred / np.where(spread > 1e-12, spread, 1.0)
