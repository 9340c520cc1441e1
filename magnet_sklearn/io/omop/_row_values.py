"""What rows say about one feature."""

from __future__ import annotations

import numpy as np
import pandas as pd

from magnet_sklearn.io.omop._cdm import TABLES
from magnet_sklearn.io.omop._omop_features import OMOPFeature
from magnet_sklearn.io.omop._table_columns import whole_numbers


def row_values(
    feature: OMOPFeature, frame: pd.DataFrame, rows: np.ndarray, units: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return values of rows, and why they are not used.

    Parameters
    ----------
    feature : OMOPFeature
        Feature.
    frame : DataFrame
        Table.
    rows : int ndarray of shape (n_values,)
        Rows of the feature.
    units : int ndarray of shape (n_values,)
        Concepts of their units.

    Returns
    -------
    values : ndarray of shape (n_values,)
        Numbers in the unit of the feature, or names of categories (None for none).
    problems : object ndarray of shape (n_values,)
        Why a value is not used; "" if it is.
    """
    if feature.kind == "presence":
        return np.ones(len(rows)), np.full(len(rows), "", dtype=object)
    if feature.kind == "category":
        return _categories(feature, frame.iloc[rows])
    return _numbers(feature, frame[feature.column].iloc[rows], units)


def _numbers(feature, given, units):
    number = pd.to_numeric(given, errors="coerce").to_numpy(float, na_value=np.nan)
    factor, offset = np.full(len(number), np.nan), np.zeros(len(number))
    problems = np.full(len(number), "", dtype=object)
    has_unit = feature.column == "value_as_number"
    for unit, pair in ({feature.unit: (1.0, 0.0)} | feature.factors).items():
        here = (units == unit) | (not has_unit)
        factor[here], offset[here] = pair
    problems[np.isnan(factor)] = "unit that has no factor"
    problems[np.isnan(factor) & (units == 0)] = "value without a unit"
    problems[~np.isfinite(number)] = "value is not finite"
    problems[np.isnan(number)] = "value is not a number"
    problems[given.isna().to_numpy()] = "no value"
    return number * factor + offset, problems


def _categories(feature, frame):
    given = frame[feature.column]
    problems = np.full(len(given), "", dtype=object)
    if feature.column in TABLES[feature.table].texts:
        values = given.astype(object).where(given.notna(), None).to_numpy()
        problems[given.isna().to_numpy()] = "no value"
        return values, problems
    concepts = whole_numbers(frame, feature.table, feature.column, missing=0)
    if feature.categories:
        names = {c: name for name, own in feature.categories.items() for c in own}
        told = [names.get(concept) for concept in concepts.tolist()]
    else:
        told = [str(concept) if concept else None for concept in concepts.tolist()]
    values = np.array(told, dtype=object)
    problems[pd.isna(values)] = "category not mapped"
    problems[concepts == 0] = "no value"
    return values, problems
