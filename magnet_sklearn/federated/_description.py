"""What a site says about its data before any training."""

from __future__ import annotations

from typing import Any

import numpy as np

from magnet_sklearn.data import BlockSchema, MultiModalData, is_categorical, take_rows
from magnet_sklearn.preprocessing import (
    numeric_values,
    sorted_categories,
    split_columns,
)

# Columns nobody has enough values of are described as if they were of this size.
_NO_EXPONENT = -1000


def describe_blocks(
    X: MultiModalData, units: dict[str, dict[Any, str]], min_patients: int
) -> dict[str, Any]:
    """Describe the blocks of a site.

    Parameters
    ----------
    X : MultiModalData of shape (n_patients, n_modalities)
        Patients of the site.
    units : dict of str to dict of column to str
        Units of columns of some modalities.
    min_patients : int
        Of fewer patients nothing is said: neither of a column's values nor of a
        category.

    Returns
    -------
    description : dict of str to dict
        Kind, columns and statistics of each modality that enough patients have.
    """
    described = {}
    for (name, block), observed in zip(X.items(), X.mask.T, strict=True):
        if observed.sum() < min_patients:
            continue
        schema = BlockSchema.from_block(name, block)
        described[name] = {
            "kind": schema.kind,
            "shape": schema.shape,
            "columns": schema.columns,
            "n_patients": int(observed.sum()),
            "units": {
                str(column): unit for column, unit in units.get(name, {}).items()
            },
            **_statistics(take_rows(block, np.flatnonzero(observed)), min_patients),
        }
    return described


def _statistics(block, min_patients):
    """Moments of numeric columns and counts of categories."""
    if isinstance(block, np.ndarray) and block.ndim > 2:
        known = ~np.isnan(block)
        return {"sum": float(np.nansum(block, dtype=float)), "count": int(known.sum())}
    numeric, text = split_columns(block)
    values = numeric_values(block, numeric)
    return {
        "numeric": numeric,
        **column_moments(values, min_patients),
        "categories": [
            [int(position), _categories(block.iloc[:, position], min_patients)]
            for position in text
        ],
        "is_empty": _empty_columns(block),
    }


def _empty_columns(block):
    """Tell which columns of a frame have no values, and so no type."""
    if not hasattr(block, "columns"):
        return np.zeros(block.shape[1], dtype=bool)
    return block.isna().all().to_numpy() & ~is_categorical(block)


def column_moments(values: np.ndarray, min_patients: int) -> dict[str, np.ndarray]:
    """Count, mean and sum of squares around it, in units of a power of two.

    The power of two is all that is said of the largest value of a column.
    """
    known = ~np.isnan(values)
    known &= known.sum(axis=0) >= min_patients
    filled = np.where(known, values, 0.0).astype(np.float64)
    largest = np.abs(filled).max(axis=0, initial=0.0)
    exponent = np.frexp(largest)[1] - 1
    filled = np.ldexp(filled, -exponent)
    count = known.sum(axis=0)
    mean = filled.sum(axis=0) / np.maximum(count, 1)
    squares = (np.where(known, filled - mean, 0.0) ** 2).sum(axis=0)
    exponent = np.where(count > 0, exponent, _NO_EXPONENT)
    return {"exponent": exponent, "count": count, "mean": mean, "squares": squares}


def _categories(column, min_patients):
    """Sorted categories that enough patients have."""
    counts = column.value_counts()
    kept = column[column.isin(counts.index[counts >= min_patients])]
    return [
        value.item() if isinstance(value, np.generic) else value
        for value in sorted_categories(kept)
    ]


def pooled_moments(
    sites: list[dict[str, np.ndarray]],
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Moments of the patients of all sites.

    Parameters
    ----------
    sites : list of dict
        As `column_moments` returns them, of the same columns.

    Returns
    -------
    size, count, mean, spread : ndarray of shape (n_columns,)
        Power of two, count, and mean and spread in units of `size`. Merged as by T.
        Chan, G. Golub, R. LeVeque, "Updating formulae and a pairwise algorithm for
        computing sample variances", COMPSTAT 1982.
    """
    exponent = np.max([site["exponent"] for site in sites], axis=0)
    count = np.zeros(len(exponent))
    mean, squares = np.zeros((2, len(exponent)))
    for site in sites:
        shift = site["exponent"] - exponent
        own_mean = np.ldexp(site["mean"], shift)
        own_squares = np.ldexp(site["squares"], 2 * shift)
        total = np.maximum(count + site["count"], 1)
        delta = own_mean - mean
        squares = squares + own_squares + delta**2 * count * site["count"] / total
        mean = np.where(count > 0, mean + delta * site["count"] / total, own_mean)
        count = count + site["count"]
    exponent = np.where(count > 0, exponent, 0)
    spread = np.sqrt(squares / np.maximum(count, 1))
    return np.ldexp(1.0, exponent), count, mean, spread
