"""Models of folds, and the steps that all conformal predictions share."""

from __future__ import annotations

from numbers import Integral, Real
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, MetaEstimatorMixin, _fit_context
from sklearn.utils._param_validation import HasMethods, Interval
from sklearn.utils.validation import (
    check_consistent_length,
    check_is_fitted,
    column_or_1d,
)

from magnet_sklearn._utils import spawn_seeds
from magnet_sklearn.data import (
    as_pandas,
    check_multimodal,
    check_same_patients,
)
from magnet_sklearn.explain._conformal_fit import fit_without_folds, held_out_folds
from magnet_sklearn.explain._conformal_folds import HeldOut, check_enough
from magnet_sklearn.explain._conformal_targets import conformal_target


class CrossConformal(MetaEstimatorMixin, BaseEstimator):
    """Fits a model without each fold, and compares new patients with held-out ones."""

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "estimator": [HasMethods(["fit", "predict"])],
        "cv": [Interval(Integral, 2, None, closed="left"), HasMethods(["split"])],
        "by_pattern": ["boolean"],
        "min_patients": [Interval(Integral, 1, None, closed="left")],
        "n_jobs": [Integral, None],
        "random_state": ["random_state", np.random.Generator],
    }

    def __init__(
        self,
        estimator,
        *,
        cv=5,
        by_pattern=True,
        min_patients=50,
        n_jobs=None,
        random_state=None,
    ):
        self.estimator = estimator
        self.cv = cv
        self.by_pattern = by_pattern
        self.min_patients = min_patients
        self.n_jobs = n_jobs
        self.random_state = random_state

    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X, y, groups=None, partition=None):
        """Fit a model without each fold, and one to all patients.

        Parameters
        ----------
        X : multimodal data of shape (n_patients, n_modalities)
            Anything that the estimator accepts.
        y : array-like of shape (n_patients,), or survival times
            One class, number or time per patient.
        groups : array-like of shape (n_patients,), default=None
            Patients of one group (site, family) are held out together.
        partition : array-like of shape (n_patients,), default=None
            Groups (sex, site) for each of which coverage shall hold. Pass those of new
            patients when predicting.

        Returns
        -------
        self : ConformalPredictor
            The fitted predictor.

        Raises
        ------
        ValueError
            If y has several labels, targets or tasks, entry times, or other patients
            than X.
        """
        X = self._read(X)
        beside = {"y": y, "groups": groups, "partition": partition}
        check_same_patients(X, beside)
        check_consistent_length(X, y, groups, partition)
        y = as_pandas(y)
        self._target = conformal_target(self.estimator, y)
        seed = spawn_seeds(self.random_state, 1)[0]
        fold = held_out_folds(self.cv, X, self._target.strata, groups, seed)
        *models, self.estimator_ = fit_without_folds(
            self.estimator, X, y, groups, fold, self.n_jobs
        )
        partition = None if partition is None else column_or_1d(partition)
        self._held_out = HeldOut(X, fold, models, partition)
        if self._target.classes is not None:
            self.classes_ = self._target.classes.to_numpy()
        return self

    def predict(self, X):
        """Predict with the estimator that was fitted to all patients.

        Parameters
        ----------
        X : multimodal data of shape (n_patients, n_modalities)
            Anything that the estimator accepts.

        Returns
        -------
        y : ndarray of shape (n_patients,)
            What the estimator predicts.
        """
        check_is_fitted(self)
        return self.estimator_.predict(self._read(X))

    @property
    def estimators_(self):
        """The models of the folds."""
        return self._held_out.models

    def _compare(self, method, X, alpha, partition):
        """Compare patients with those held out; a row for each patient."""
        X, partition = self._check(X, partition)
        target = self._target
        if target.method != method:
            raise TypeError(
                f"{method} does not fit {type(self.estimator_).__name__}, whose "
                f"predictions {target.method} takes."
            )
        if not isinstance(alpha, Real) or not 0 < float(alpha) < 1:
            raise ValueError(f"alpha must be between 0 and 1, got {alpha!r}.")
        alpha = float(alpha)
        groups = self._alike(X, partition)
        check_enough(groups, alpha)
        held_out = self._held_out
        found = [held_out.compare(X, alike, target, alpha) for alike in groups]
        order = np.argsort(np.concatenate([alike.rows for alike in groups]))
        return pd.DataFrame(np.concatenate(found)[order], X.index)

    def _alike(self, X, partition):
        """Sort patients by whom they are compared with."""
        min_patients = self.min_patients if self.by_pattern else None
        return list(self._held_out.alike(X, partition, min_patients))

    def _read(self, X):
        """Turn X into MultiModalData."""
        modalities = getattr(self.estimator, "modalities", None)
        return check_multimodal(as_pandas(X), modalities=modalities)

    def _check(self, X, partition):
        """Return new patients and their groups as those of `fit`."""
        check_is_fitted(self)
        return self._held_out.check(self._read(X), partition)
