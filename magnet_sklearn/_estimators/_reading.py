"""What users pass as X, flat or by modality, as MultiModalData."""

from collections.abc import Mapping
from math import prod
from typing import Any

import pandas as pd
from scipy.sparse import issparse
from sklearn.base import BaseEstimator
from sklearn.utils.validation import validate_data

from magnet_sklearn.data import ModalitySchema, MultiModalData, check_multimodal


def read_input(
    estimator: BaseEstimator, X: Any, modalities: Any, *, reset: bool
) -> MultiModalData:
    """Turn any accepted input into MultiModalData.

    Parameters
    ----------
    estimator : estimator
        Compares a flat X with what it has seen, or learns that with `reset`.
    X : multimodal data of shape (n_patients, n_modalities)
        By modality or flat.
    modalities : dict of str to columns or None
        For flat X, as in the estimators.
    reset : bool
        Whether this is `fit`.
    """
    if is_flat(X) and not isinstance(X, pd.Series):
        is_frame = isinstance(X, pd.DataFrame)
        checks = {} if is_frame else {"ensure_all_finite": "allow-nan"}
        X = validate_data(
            estimator, X, reset=reset, skip_check_array=is_frame, **checks
        )
    return check_multimodal(X, modalities=modalities)


def is_flat(X: Any) -> bool:
    """Whether X is one table of all features, without names of modalities."""
    two_level = isinstance(X, pd.DataFrame) and X.columns.nlevels > 1
    blocks = isinstance(X, MultiModalData | Mapping) and not issparse(X)
    return not (blocks or two_level)


def n_features(schema: ModalitySchema) -> int:
    """Values that one patient has in all blocks."""
    return sum(prod(block.shape) for block in schema.blocks.values())
