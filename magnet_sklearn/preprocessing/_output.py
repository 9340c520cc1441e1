"""Column names of transformed blocks, and their rows back among all patients."""

from typing import Any

import numpy as np
import pandas as pd

from magnet_sklearn.data import as_block, feature_names, is_sparse, take_or_missing


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


def output_names(
    transformer: Any, block: Any, input_names: np.ndarray | None, modality: str
) -> np.ndarray | None:
    """Column names of a transformed block; numbered where nobody names them."""
    if isinstance(block, pd.DataFrame):
        return block.columns.to_numpy()
    if block.ndim > 2 or not hasattr(transformer, "get_feature_names_out"):
        return feature_names(modality, block)
    # A transformer that has seen a frame knows its input's names; after an array it
    # has to be told them, or it would make up names such as x0.
    knows_names = hasattr(transformer, "feature_names_in_")
    return transformer.get_feature_names_out(None if knows_names else input_names)


def named_block(transformer: Any, output: Any, was_frame: bool, modality: str) -> Any:
    """Turn a transformer's output into a block: a frame if it was one before."""
    can_name = hasattr(transformer, "get_feature_names_out")
    if was_frame and can_name and not isinstance(output, pd.DataFrame):
        values = output.toarray() if is_sparse(output) else output
        output = pd.DataFrame(values, columns=transformer.get_feature_names_out())
    return as_block(modality, output)


def among_all_patients(block: Any, observed: np.ndarray) -> Any:
    """Spread rows of the observed patients over all patients, the others NaN."""
    if observed.all():
        return block
    return take_or_missing(block, np.where(observed, np.cumsum(observed) - 1, -1))
