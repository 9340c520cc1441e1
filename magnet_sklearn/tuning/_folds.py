"""Scores of one setting of the parameters, fold by fold."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, clone, is_classifier
from sklearn.metrics import check_scoring
from sklearn.model_selection import check_cv
from sklearn.pipeline import Pipeline
from sklearn.utils import _safe_indexing
from sklearn.utils.validation import check_consistent_length

from magnet_sklearn._estimators import (
    MagnetSurvivalAnalysis,
    StageCache,
    reusing_stages,
)
from magnet_sklearn._training import EpochReporter
from magnet_sklearn.data import MultiModalData, check_same_patients
from magnet_sklearn.model_selection import EventStratifiedKFold

# Hears fold, epoch and held-out loss.
OnEpoch = Callable[[int, int, float], None]


@dataclass(frozen=True)
class Folds:
    """Patients in folds, and what fits on the same fold share.

    Parameters
    ----------
    X : multimodal data of shape (n_patients, n_modalities)
        Indexable by row.
    y : array-like or DataFrame with n_patients rows
        Target.
    groups : array-like of shape (n_patients,) or None
        Patients of one group are held out together.
    splits : list of (ndarray, ndarray)
        Training and test patients of each fold.
    scorer : callable
        Of a fitted estimator, X and y; higher is better.
    caches : list of StageCache
        One per fold.
    """

    X: Any
    y: Any
    groups: Any
    splits: list[tuple[np.ndarray, np.ndarray]]
    scorer: Callable[[BaseEstimator, Any, Any], float]
    caches: list[StageCache] = field(repr=False)

    def scores(
        self, estimator: BaseEstimator, on_epoch: OnEpoch | None = None
    ) -> Iterator[float]:
        """Yield the score of each fold, each estimator fitted anew.

        `on_epoch` hears fold, epoch and held-out loss of the first network.
        """
        folds = zip(self.splits, self.caches, strict=True)
        for fold, ((train, test), cache) in enumerate(folds):
            fitted = clone(estimator)
            if on_epoch is not None:
                reporter = EpochReporter(partial(on_epoch, fold))
                model = last_step(fitted)
                model.set_params(callbacks=[*(model.callbacks or ()), reporter])
            with reusing_stages(cache):
                fitted.fit(*self._rows(train), **self._groups(train))
            yield float(self.scorer(fitted, *self._rows(test)))

    def refit(
        self, estimator: BaseEstimator, parameters: Mapping[str, Any]
    ) -> BaseEstimator:
        """Fit with other parameters on all patients."""
        groups = {} if self.groups is None else {"groups": self.groups}
        return clone(estimator).set_params(**parameters).fit(self.X, self.y, **groups)

    def _rows(self, rows):
        return _safe_indexing(self.X, rows), _safe_indexing(self.y, rows)

    def _groups(self, rows):
        if self.groups is None:
            return {}
        return {"groups": _safe_indexing(self.groups, rows)}


def make_folds(
    estimator: BaseEstimator, X: Any, y: Any, groups: Any, cv: Any, scoring: Any
) -> Folds:
    """Check patients, folds and score.

    Parameters
    ----------
    estimator : estimator
        Not fitted.
    X, y, groups : any
        As in `fit`.
    cv : int, splitter or iterable
        As in scikit-learn.
    scoring : str, callable or None
        As in scikit-learn.
    """
    X = MultiModalData(X) if isinstance(X, Mapping) else X
    check_consistent_length(X, y, groups)
    if isinstance(X, MultiModalData):
        check_same_patients(X, {"y": y, "groups": groups})
    if isinstance(cv, int) and isinstance(last_step(estimator), MagnetSurvivalAnalysis):
        cv = EventStratifiedKFold(cv)
    splitter = check_cv(cv, y, classifier=is_classifier(estimator))
    splits = list(splitter.split(np.zeros(len(y)), y, groups))
    scorer = check_scoring(estimator, scoring=scoring)
    return Folds(X, y, groups, splits, scorer, [StageCache() for _ in splits])


def last_step(estimator: BaseEstimator) -> BaseEstimator:
    """Return the last step of a pipeline."""
    return estimator[-1] if isinstance(estimator, Pipeline) else estimator
