"""Population stability index of columns and of missing patterns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import chi2

from magnet_sklearn.data import (
    MultiModalData,
    as_named_frame,
    check_multimodal,
    did_you_mean,
    is_text,
    kind_of,
    quoted,
)

_COLUMNS = ["modality", "feature", "psi", "p_value", "n_bins", "n_reference", "n_new"]
_FEWEST = 5  # patients of a pattern in the reference that are told apart


def population_stability_index(X_reference, X_new, *, modalities=None, n_bins=10):
    """How far the values of each column have moved from those of a reference.

    The index [1]_ is the sum over bins of ``(q - p) * log(q / p)`` with the shares p
    of the reference and q of the new patients; 0.1 is often called small and 0.25
    large. Numbers are in bins between quantiles of the reference, categories are bins;
    missing values of patients who have the modality are a bin of their own, and
    categories not in the reference are one. Half a patient is added to each bin.
    Without any drift the index times ``n m / (n + m)`` follows about a chi-squared
    distribution with a degree less than bins [2]_, so that few patients have a large
    index by chance: this gives the p-value.

    Parameters
    ----------
    X_reference : multimodal data of shape (n_reference, n_modalities)
        Patients to compare with, such as those of `fit`.
    X_new : multimodal data of shape (n_new, n_modalities)
        New patients; modalities they lack are missing.
    modalities : dict of str to columns, default=None
        For flat X, as in the estimators.
    n_bins : int, default=10
        Bins of numbers.

    Returns
    -------
    table : DataFrame of shape (n_features, 7)
        Columns modality, feature, psi, p_value, n_bins, n_reference and n_new (patients
        who have the modality), largest psi first; NaN where one side has no patient.
        Only tables have columns: images, series, sets and notes are left out.

    Raises
    ------
    ValueError
        If `X_new` has a modality or column that the reference lacks.

    References
    ----------
    .. [1] N. Siddiqi, "Credit Risk Scorecards", Wiley (2006).
    .. [2] B. Yurdakul, J. Naranjo, "Statistical properties of the population stability
       index", Journal of Risk Model Validation 14 (2020).

    Examples
    --------
    >>> import numpy as np
    >>> from magnet_sklearn.metrics import population_stability_index
    >>> values = np.random.default_rng(0).normal(size=(500, 1))
    >>> table = population_stability_index({"age": values}, {"age": values + 1})
    >>> bool(table["psi"][0] > 0.25)
    True
    """
    reference, new = check_pair(X_reference, X_new, modalities)
    rows = [
        row
        for name in reference
        if has_columns(reference[name])
        for row in _columns(name, reference, new, n_bins)
    ]
    table = pd.DataFrame(rows, columns=_COLUMNS)
    return table.sort_values("psi", ascending=False, kind="stable", ignore_index=True)


def check_pair(
    X_reference: Any, X_new: Any, modalities: Any = None
) -> tuple[MultiModalData, MultiModalData]:
    """Check two cohorts; the new one has no modality that the reference lacks."""
    reference = check_multimodal(X_reference, modalities=modalities)
    new = check_multimodal(X_new, modalities=modalities)
    if unknown := [name for name in new if name not in reference]:
        raise ValueError(
            f"X_new has a modality {unknown[0]!r} that X_reference lacks."
            f"{did_you_mean(unknown[0], [*reference])} Modalities of the reference: "
            f"{quoted([*reference])}."
        )
    return reference, new


def has_columns(block: Any) -> bool:
    """Whether a block is a table; not free text, of which each is different."""
    return kind_of(block) == "table" and not is_text(block)


def observed_frame(X: MultiModalData, modality: str) -> pd.DataFrame | None:
    """Return the rows of a table that are there; None without the modality."""
    if modality not in X:
        return None
    there = X[np.flatnonzero(X.mask[:, [*X].index(modality)])]
    return as_named_frame(modality, there[modality], there.index)


def same_columns(
    modality: str, reference: pd.DataFrame, new: pd.DataFrame
) -> pd.DataFrame:
    """Return the new rows with the columns of the reference, or raise an error."""
    if set(reference.columns) != set(new.columns):
        differing = sorted(map(str, set(reference.columns) ^ set(new.columns)))
        raise ValueError(
            f"Modality {modality!r} has other columns in X_new than in X_reference: "
            f"{len(differing)} are in one only, such as {quoted(differing[:5])}."
        )
    return new[reference.columns]


def _columns(
    modality: str, X_reference: MultiModalData, X_new: MultiModalData, n_bins: int
) -> Iterator[tuple[Any, ...]]:
    """Yield the row of each column."""
    reference = observed_frame(X_reference, modality)
    new = observed_frame(X_new, modality)
    assert reference is not None
    n_new = 0 if new is None else len(new)
    if new is not None and n_new:
        new = same_columns(modality, reference, new)
    for place, column in enumerate(reference):
        psi, p_value, n_used = np.nan, np.nan, 0
        if new is not None and n_new and len(reference):
            psi, p_value, n_used = stability(
                *_counts(reference.iloc[:, place], new.iloc[:, place], n_bins)
            )
        yield modality, column, psi, p_value, n_used, len(reference), n_new


def stability(reference: np.ndarray, new: np.ndarray) -> tuple[float, float, int]:
    """Return index, p-value and number of bins that are not empty, from counts."""
    counts = np.array([reference, new], dtype=float)
    counts = counts[:, counts.sum(axis=0) > 0]
    if counts.shape[1] < 2:
        return 0.0, 1.0, counts.shape[1]
    n, m = counts.sum(axis=1)
    p, q = (counts + 0.5) / (counts + 0.5).sum(axis=1, keepdims=True)
    psi = float(((q - p) * np.log(q / p)).sum())
    n_bins = counts.shape[1]
    return psi, float(chi2.sf(psi * n * m / (n + m), n_bins - 1)), n_bins


def largest_by_chance(n_bins: int, n: int, m: int, alpha: float) -> float:
    """Return the index that n and m patients exceed with probability alpha."""
    return float(chi2.isf(alpha, n_bins - 1) * (n + m) / (n * m)) if n_bins > 1 else 0.0


def _counts(reference, new, n_bins):
    """Return the counts of bins, that of missing values last."""
    if pd.api.types.is_numeric_dtype(reference) and pd.api.types.is_numeric_dtype(new):
        old, now = (s.to_numpy(float, na_value=np.nan) for s in (reference, new))
        known = old[~np.isnan(old)]
        levels = np.arange(1, n_bins) / n_bins
        edges = np.unique(np.quantile(known, levels)) if len(known) else np.empty(0)
        return tuple(
            np.append(
                np.bincount(
                    np.searchsorted(edges, values[~np.isnan(values)], side="right"),
                    minlength=len(edges) + 1,
                ),
                np.isnan(values).sum(),
            )
            for values in (old, now)
        )
    old, now = (s.astype(object).where(s.notna(), None) for s in (reference, new))
    levels = pd.Index(old.dropna().unique())
    return tuple(
        np.append(
            np.bincount(levels.get_indexer(s.dropna()) + 1, minlength=len(levels) + 1),
            s.isna().sum(),
        )
        for s in (old, now)
    )


def pattern_stability(
    reference: MultiModalData, new: MultiModalData
) -> tuple[float, float, int]:
    """Return index, p-value and bins of the patterns of missing modalities.

    Patterns of fewer than five patients of the reference are one bin.
    """
    names = [*reference]
    place = {name: number for number, name in enumerate(new)}
    seen = np.column_stack(
        [
            new.mask[:, place[name]] if name in place else np.zeros(len(new), bool)
            for name in names
        ]
    )
    weights = 1 << np.arange(len(names), dtype=object)
    old, now = (
        pd.Index((mask.astype(object) * weights).sum(axis=1))
        for mask in (reference.mask, seen)
    )
    counts = old.value_counts()
    common = pd.Index(counts.index[counts >= _FEWEST])
    before, after = (
        np.bincount(common.get_indexer(own) + 1, minlength=len(common) + 1)
        for own in (old, now)
    )
    return stability(before, after)
