"""Transformers of single blocks: checks, errors, outputs and column names."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.utils import get_tags

from magnet_sklearn.data import (
    MultiModalData,
    as_block,
    did_you_mean,
    feature_names,
    is_sparse,
    quoted,
    take_or_missing,
    take_rows,
)


def prefixed_names(names: dict[str, np.ndarray | None]) -> np.ndarray:
    """Join the column names of all blocks that have some, each with its modality."""
    return np.array(
        [
            f"{modality}__{name}"
            for modality, features in names.items()
            if features is not None
            for name in features
        ],
        dtype=object,
    )


def check_transformers(transformers: dict[str, Any], X: MultiModalData) -> None:
    """Refuse unknown modalities and what is no transformer."""
    for modality, transformer in transformers.items():
        if modality not in X:
            raise ValueError(
                f"transformers names a modality {modality!r}, which X does not "
                f"have.\nModalities of X: {quoted(X)}.{did_you_mean(modality, X)}"
            )
        is_word = isinstance(transformer, str)
        if is_word and transformer in ("passthrough", "drop"):
            continue
        if is_word or not hasattr(transformer, "transform"):
            raise TypeError(
                f"The transformer of modality {modality!r} must be a scikit-learn "
                f"transformer, 'passthrough' or 'drop', got {transformer!r}."
            )


def fit_transform_block(transformer: Any, block: Any, y: Any, modality: str) -> Any:
    """Fit a transformer on one block and transform it."""
    with _naming(transformer, block, modality):
        block = _texts_or_table(transformer, block)
        if hasattr(transformer, "fit_transform"):
            output = transformer.fit_transform(block, y)
        else:
            output = transformer.fit(block, y).transform(block)
    return _named(transformer, output, block, modality)


def transform_block(transformer: Any, block: Any, modality: str) -> Any:
    """Transform one block."""
    with _naming(transformer, block, modality):
        block = _texts_or_table(transformer, block)
        output = transformer.transform(block)
    return _named(transformer, output, block, modality)


def _texts_or_table(transformer: Any, block: Any) -> Any:
    """Return the only column of a frame where a transformer takes texts, not tables."""
    first = transformer.steps[0][1] if hasattr(transformer, "steps") else transformer
    if not isinstance(first, BaseEstimator):
        return block
    tags = get_tags(first).input_tags
    if tags.two_d_array or not tags.string:
        return block
    if not isinstance(block, pd.DataFrame) or block.shape[1] != 1:
        raise ValueError(
            "it takes texts, but the block has numbers or several columns. Pass the "
            "column of text as a modality of its own, such as a Series."
        )
    return block.iloc[:, 0].astype(str)


@contextmanager
def _naming(transformer: Any, block: Any, modality: str) -> Iterator[None]:
    """Errors say which modality they are about."""
    shape = " x ".join(map(str, block.shape))
    where = f"{type(transformer).__name__} on modality {modality!r} ({shape})"
    try:
        yield
    except (TypeError, ValueError) as error:
        kind = TypeError if isinstance(error, TypeError) else ValueError
        raise kind(f"{where}: {error}") from error
    except Exception as error:  # may not be made of a message alone
        error.add_note(f"Raised by {where}.")
        raise


def _named(transformer: Any, output: Any, block: Any, modality: str) -> Any:
    """Turn a transformer's output into a block: a frame if it was one before."""
    was_frame = isinstance(block, pd.DataFrame)
    can_name = hasattr(transformer, "get_feature_names_out")
    if was_frame and can_name and not isinstance(output, pd.DataFrame):
        output = _frame(output, transformer.get_feature_names_out())
    return as_block(modality, output)


def output_names(
    transformer: Any, block: Any, input_names: np.ndarray | None, modality: str
) -> np.ndarray | None:
    """Column names of a transformed block; numbered if they have no names."""
    # A transformer that has seen a frame knows its input's names; after an array it
    # has to be told them, or it would make up names such as x0.
    knows_names = hasattr(transformer, "feature_names_in_")
    can_name = hasattr(transformer, "get_feature_names_out")
    if block.ndim > 2 or not can_name or (knows_names and hasattr(block, "columns")):
        return feature_names(modality, block)
    return transformer.get_feature_names_out(None if knows_names else input_names)


def with_names(block: Any, names: np.ndarray | None, as_frame: bool) -> Any:
    """Name the columns of a frame; turn other tables into frames if asked for."""
    if names is None:  # more than two dimensions
        return block
    if isinstance(block, pd.DataFrame):
        return block.set_axis(names, axis=1)
    return _frame(block, names) if as_frame else block


def among_all_patients(block: Any, observed: np.ndarray) -> Any:
    """Spread rows of the observed patients over all patients, the others NaN."""
    if observed.all():
        return block
    return take_or_missing(block, np.where(observed, np.cumsum(observed) - 1, -1))


def _frame(values: Any, names: np.ndarray | None) -> pd.DataFrame:
    return pd.DataFrame(
        values.toarray() if is_sparse(values) else values, columns=names
    )


def without_rows(block: Any) -> Any:
    """Keep the columns of a block and nothing of its patients, not even categories."""
    empty = take_rows(block, slice(0))
    if not isinstance(empty, pd.DataFrame):
        return empty
    declared = empty.select_dtypes("category").columns
    return empty.astype(dict.fromkeys(declared, object))
