"""Maximum mean discrepancy of modalities."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.metrics import pairwise_distances

from magnet_sklearn.metrics._stability import (
    check_pair,
    has_columns,
    observed_frame,
    same_columns,
)


def maximum_mean_discrepancy(
    X_reference,
    X_new,
    *,
    modalities=None,
    n_permutations=500,
    max_patients=1000,
    random_state=0,
):
    """Whether the values of each modality, taken together, have drifted.

    Mean values of Gaussian kernels are compared [1]_, whose width is the median
    distance of patients. Columns are standardised and categories coded as the reference
    has them; missing values inside a modality are set to the mean, patients without the
    modality are left out. It also finds changes that no column shows alone.

    Parameters
    ----------
    X_reference : multimodal data of shape (n_reference, n_modalities)
        Patients to compare with, such as those of `fit`.
    X_new : multimodal data of shape (n_new, n_modalities)
        New patients; modalities they lack are missing.
    modalities : dict of str to columns, default=None
        For flat X, as in the estimators.
    n_permutations : int, default=500
        Random exchanges of patients, from which the p-value follows; it is at least
        ``1 / (n_permutations + 1)``.
    max_patients : int, default=1000
        At most as many patients of each side, chosen at random; memory grows with the
        square.
    random_state : int, default=0
        Seed of the choice and the exchanges.

    Returns
    -------
    table : DataFrame of shape (n_modalities, 4)
        By modality: `mmd` (its square), `p_value`, `n_reference` and `n_new`. NaN where
        a side has fewer than two patients. Images, series, sets and notes are left out.

    Raises
    ------
    ValueError
        If `X_new` has a modality or column that the reference lacks.

    References
    ----------
    .. [1] A. Gretton et al., "A kernel two-sample test", Journal of Machine Learning
       Research 13 (2012).

    Examples
    --------
    >>> import numpy as np
    >>> from magnet_sklearn.metrics import maximum_mean_discrepancy
    >>> rng = np.random.default_rng(0)
    >>> old, new = rng.normal(size=(100, 5)), rng.normal(loc=1, size=(80, 5))
    >>> maximum_mean_discrepancy({"rna": old}, {"rna": new})["p_value"].round(3)
    modality
    rna    0.002
    Name: p_value, dtype: float64
    """
    reference, new = check_pair(X_reference, X_new, modalities)
    rng = np.random.default_rng(random_state)
    rows = {}
    for name in reference:
        if not has_columns(reference[name]):
            continue
        old, now = observed_frame(reference, name), observed_frame(new, name)
        sizes = [0 if frame is None else len(frame) for frame in (old, now)]
        squared = p_value = np.nan
        if min(sizes) > 1:
            old, now = (_some(frame, max_patients, rng) for frame in (old, now))
            old, now = _standardised(old, same_columns(name, old, now))
            squared, p_value = _test(old, now, n_permutations, rng)
        rows[name] = [squared, p_value, *sizes]
    table = pd.DataFrame.from_dict(
        rows, orient="index", columns=["mmd", "p_value", "n_reference", "n_new"]
    )
    return table.rename_axis("modality").astype({"n_reference": int, "n_new": int})


def _some(frame, n, rng):
    """Return at most n rows."""
    if len(frame) <= n:
        return frame
    return frame.iloc[np.sort(rng.choice(len(frame), n, replace=False))]


def _standardised(reference, new):
    """Return numbers in units of the reference, with its categories as columns."""
    n = len(reference)
    both = pd.concat([reference, new], ignore_index=True)
    parts = []
    for place in range(both.shape[1]):
        column = both.iloc[:, place]
        if pd.api.types.is_numeric_dtype(column):
            parts.append(column.to_numpy(float, na_value=np.nan)[:, None])
        else:
            levels = column.iloc[:n].dropna().unique()
            coded = column.astype(object).to_numpy()[:, None] == levels.astype(object)
            parts.append(coded.astype(float))
    values = np.hstack(parts)
    known = ~np.isnan(values[:n])
    size = np.maximum(known.sum(axis=0), 1)
    filled = np.where(known, values[:n], 0.0)
    mean = filled.sum(axis=0) / size
    spread = np.sqrt((np.where(known, values[:n] - mean, 0.0) ** 2).sum(axis=0) / size)
    values = np.nan_to_num((values - mean) / np.where(spread > 0, spread, 1.0))
    return values[:n], values[n:]


def _test(old, new, n_permutations, rng):
    """Return the squared discrepancy and the share of exchanges that reach it."""
    n, m = len(old), len(new)
    squared = pairwise_distances(np.vstack([old, new]), metric="sqeuclidean")
    median = np.median(squared[np.triu_indices(n + m, 1)])
    kernel = np.exp(-squared / (2 * median if median > 0 else 1.0))
    sign = np.r_[np.full(n, 1 / n), np.full(m, -1 / m)]
    observed = sign @ kernel @ sign
    exchanged = rng.permuted(np.tile(sign, (n_permutations, 1)), axis=1)
    by_chance = np.einsum("ij,ij->i", exchanged @ kernel, exchanged)
    reached = (by_chance >= observed - 1e-12).sum()
    return float(observed), float((1 + reached) / (1 + n_permutations))
