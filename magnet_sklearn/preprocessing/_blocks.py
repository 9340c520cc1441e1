"""Preprocessing of one block: fitted on observed rows, applied to all."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, TypeAlias

import numpy as np
import pandas as pd

from magnet_sklearn._utils import CentredSparse, Standardization, fit_standardization
from magnet_sklearn.data import (
    is_categorical,
    is_sparse,
    is_text,
    kind_of,
    take_rows,
    to_learn_from,
)
from magnet_sklearn.preprocessing._series import SeriesBlock
from magnet_sklearn.preprocessing._sets import SetBlock
from magnet_sklearn.preprocessing._text import TextBlock

FittedBlock: TypeAlias = "TableBlock | ArrayBlock | SeriesBlock | SetBlock | TextBlock"


@dataclass(frozen=True)
class TableBlock:
    """Standardised numeric columns followed by one 0/1 group per categorical column."""

    numeric: np.ndarray
    standardization: Standardization
    category_codes: tuple[tuple[int, dict[Hashable, int]], ...]
    feature_names: np.ndarray
    input_names: np.ndarray
    stays_sparse: bool = False
    fill: ClassVar[float] = 0.0

    @property
    def category_sizes(self) -> list[int]:
        """Number of one-hot columns of each categorical column."""
        return [len(codes) for _, codes in self.category_codes]

    def transform(
        self, block: Any, observed: np.ndarray, *, impute: bool
    ) -> np.ndarray | CentredSparse:
        """Dense float64 block; rows that are not observed are NaN.

        A sparse block may stay sparse; rows that are not observed then hold nothing.
        """
        if self.stays_sparse and is_sparse(block):
            return self.standardization.apply_sparse(block, observed)
        if self.category_codes and not isinstance(block, pd.DataFrame):
            block = pd.DataFrame(block)
        values = numeric_values(block, self.numeric)
        parts = [self.standardization.apply(values, fill=impute)]
        for position, codes in self.category_codes:
            group = _one_hot(block.iloc[:, position], codes)
            if not impute:
                group[~group.any(axis=1)] = np.nan
            parts.append(group)
        table = np.hstack(parts) if len(parts) > 1 else parts[0]
        if table.shape[1] == 0:
            table = np.zeros((len(observed), 1))
        table[~observed] = np.nan
        return table


@dataclass(frozen=True)
class ArrayBlock:
    """A block of more than two dimensions, such as images: not scaled, only imputed."""

    fill: float
    feature_names: None = None
    input_names: None = None
    category_codes: tuple[tuple[int, dict[Hashable, int]], ...] = ()

    @property
    def category_sizes(self) -> list[int]:
        """Arrays have no categorical columns."""
        return []

    def transform(
        self, block: np.ndarray, observed: np.ndarray, *, impute: bool
    ) -> np.ndarray:
        """Return the block unscaled, with missing cells of observed rows filled."""
        holes = np.isnan(block)
        holes[~observed] = False
        if not holes.any():
            return block
        return np.where(holes, block.dtype.type(self.fill), block)


_OF_KIND: dict[str, Any] = {"series": SeriesBlock, "set": SetBlock}


def fit_block(
    block: Any, observed: np.ndarray, names: np.ndarray | None
) -> FittedBlock:
    """Fit the preprocessing of a block on its observed rows."""
    kind = kind_of(block)
    if kind in ("image", "array"):
        return ArrayBlock(float(np.nanmean(block, dtype=np.float64)))
    learned: np.ndarray | slice = to_learn_from(block, observed)
    if kind in _OF_KIND:
        return _OF_KIND[kind].fit(take_rows(block, learned))
    if is_text(rows := take_rows(block, learned) if _is_frame(block) else block):
        return TextBlock.fit(rows)
    assert names is not None  # every two-dimensional block has column names
    return _fit_table(rows, slice(None) if _is_frame(block) else learned, names)


def _is_frame(block: Any) -> bool:
    return isinstance(block, pd.DataFrame)


def _fit_table(
    block: Any, learned: np.ndarray | slice, names: np.ndarray
) -> TableBlock:
    """Learn from some rows of a block."""
    numeric, text = split_columns(block)
    values = block if is_sparse(block) else numeric_values(block, numeric)
    standardization = fit_standardization(values, learned)
    categories = [
        (position, sorted_categories(block.iloc[:, position])) for position in text
    ]
    return table_block(names, numeric, standardization, categories)


def table_block(
    names: np.ndarray,
    numeric: np.ndarray,
    standardization: Standardization,
    categories: Sequence[tuple[int, Iterable[Hashable]]],
) -> TableBlock:
    """Put together what is known of the columns of a block.

    Parameters
    ----------
    names : ndarray of shape (n_columns,)
        Of the columns.
    numeric : ndarray of int
        Places of the numeric ones.
    standardization : Standardization
        Of these.
    categories : sequence of (int, iterable)
        Place and sorted categories of each other column.
    """
    categorical = tuple(
        (position, {category: code for code, category in enumerate(known)})
        for position, known in ((p, list(c)) for p, c in categories)
        if len(known) > 1
    )
    feature_names = [str(names[position]) for position in numeric]
    feature_names = [feature_names[column] for column in standardization.columns]
    input_names = list(feature_names)
    for position, codes in categorical:
        feature_names += [f"{names[position]}_{category}" for category in codes]
        input_names += [str(names[position])] * len(codes)
    return TableBlock(
        numeric,
        standardization,
        categorical,
        np.array(feature_names or [str(names[0])], dtype=object),
        np.array(input_names or [str(names[0])], dtype=object),
    )


def split_columns(block: Any) -> tuple[np.ndarray, np.ndarray]:
    if not isinstance(block, pd.DataFrame):
        return np.arange(block.shape[1]), np.arange(0)
    is_text = is_categorical(block)
    return np.flatnonzero(~is_text), np.flatnonzero(is_text)


def numeric_values(block: Any, columns: np.ndarray) -> np.ndarray:
    if is_sparse(block):
        return block.toarray()
    if not isinstance(block, pd.DataFrame):
        return block
    if len(columns) < block.shape[1]:
        block = block.iloc[:, columns]
    return block.to_numpy(dtype=np.float64)


def sorted_categories(column: pd.Series) -> np.ndarray:
    # As objects: factorize would keep the declared order of a categorical column.
    return pd.factorize(column.astype(object), sort=True)[1].to_numpy()


def _one_hot(column: pd.Series, codes: dict[Hashable, int]) -> np.ndarray:
    group = np.zeros((len(column), len(codes)))
    found = np.array([codes.get(category, -1) for category in column], dtype=np.intp)
    rows = np.flatnonzero(found >= 0)
    group[rows, found[rows]] = 1.0
    return group
