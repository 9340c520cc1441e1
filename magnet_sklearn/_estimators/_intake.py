"""From what users pass to preprocessed patients."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import issparse
from sklearn.base import clone
from sklearn.utils import _safe_indexing
from sklearn.utils.validation import (
    _check_sample_weight,
    check_consistent_length,
    column_or_1d,
    validate_data,
)

from magnet_sklearn._estimators._features import fit_feature_graph
from magnet_sklearn.data import (
    MultiModalData,
    check_multimodal,
    check_same_patients,
)
from magnet_sklearn.data._schema import ModalitySchema
from magnet_sklearn.data._tables import as_pandas
from magnet_sklearn.preprocessing import DefaultPreprocessor


class IntakeMixin:
    """Checks of X, y and what comes beside them, and preprocessing."""

    _schema: ModalitySchema
    # of the estimator that this is mixed into
    _grow_preprocessor: Any
    _growth: Any
    _knows_data: Any
    _without_data: str
    feature_graph: Any
    modalities: Any
    preprocessor: Any

    def _check_data(self, X, *, reset):
        """Turn any accepted input into MultiModalData, as in `fit` or learning it."""
        X = as_pandas(X)
        two_level = isinstance(X, pd.DataFrame) and X.columns.nlevels > 1
        blocks = isinstance(X, MultiModalData | Mapping) and not issparse(X)
        is_flat = not (blocks or two_level)
        if is_flat:
            is_frame = isinstance(X, pd.DataFrame)
            checks = {} if is_frame else {"ensure_all_finite": "allow-nan"}
            X = validate_data(self, X, reset=reset, skip_check_array=is_frame, **checks)
        X = check_multimodal(X, modalities=self.modalities)
        if not reset:
            return self._schema.conform(X, type(self).__name__)
        self._schema = ModalitySchema.from_data(X)
        self.modalities_ = list(X)
        if not is_flat:
            self.n_features_in_ = sum(_n_features(block) for block in X.values())
            if hasattr(self, "feature_names_in_"):
                del self.feature_names_in_
        return X

    def _check_rows(self, X, y, sample_weight, groups):
        """Check what comes beside X, and leave out patients of weight 0."""
        if y is None:
            raise ValueError(
                f"This {type(self).__name__} estimator requires y to be passed, but "
                "the target y is None."
            )
        beside = {"y": y, "sample_weight": sample_weight, "groups": groups}
        check_same_patients(X, beside)
        y = self._check_target(y)
        check_consistent_length(X, y, groups)
        weight = _check_sample_weight(
            sample_weight, y, dtype=np.float64, ensure_non_negative=True
        )
        groups = None if groups is None else column_or_1d(groups)
        kept = weight > 0
        if kept.all():
            return X, y, weight, groups
        groups = None if groups is None else groups[kept]
        return X[kept], _safe_indexing(y, np.flatnonzero(kept)), weight[kept], groups

    def _check_target(self, y):
        """Return y as an array with a row a patient."""
        return column_or_1d(y, warn=True)

    def _fit_preprocessor(self, X, y):
        """Fit the transformers and return preprocessed training patients."""
        if not self._knows_data():
            self._preprocessors, X = self._new_preprocessors(X, y)
            self.feature_graph_ = fit_feature_graph(self, X)
        else:
            if self._growth is not None:
                self._grow_preprocessor(X, y)
            X = self._preprocess(X)
        n_empty = int(np.sum(~X.mask.any(axis=1)))
        if n_empty:
            warnings.warn(
                f"{n_empty} of {len(X)} training patients have no observed modality; "
                f"they count for {self._without_data} only.",
                UserWarning,
                stacklevel=3,
            )
        return X

    def _new_preprocessors(self, X, y):
        """Fit the transformers of a first fit, or those of new modalities."""
        own = [] if self.preprocessor is None else [clone(self.preprocessor)]
        steps = [*own, DefaultPreprocessor(impute=self.feature_graph is None)]
        for step in steps:
            X = step.fit(X, y).transform(X)
        return steps, X

    def _prepare(self, X):
        """Check and preprocess new patients."""
        return self._preprocess(self._check_data(X, reset=False))

    def _preprocess(self, X):
        """Pass checked patients through the fitted transformers."""
        for step in self._preprocessors:
            X = step.transform(X)
        return X


def _n_features(block):
    """Values that one patient has in a block."""
    return int(np.prod(block.shape[1:]))
