"""What conformal prediction takes from a model, for each kind of target."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import is_classifier, is_regressor
from sklearn.utils.validation import check_array, column_or_1d

from magnet_sklearn._estimators import (
    MagnetMultiTask,
    MagnetSurvivalAnalysis,
    MultiModalGNNRegressor,
)
from magnet_sklearn.data import check_survival
from magnet_sklearn.explain._conformal_scores import (
    intervals,
    p_values,
    survival_bounds,
)


@dataclass(frozen=True)
class ConformalClasses:
    """Classes: a patient conforms to a class as far as the model finds it probable."""

    y: np.ndarray
    classes: pd.Index
    method = "predict_set"

    @property
    def strata(self):
        """Of which folds get equal shares."""
        return self.y

    def predict(self, model, X, alpha):
        """Probabilities of all classes; 0 for those that the model has not seen."""
        proba = np.zeros((len(X), len(self.classes)))
        proba[:, self.classes.get_indexer(model.classes_)] = model.predict_proba(X)
        return proba

    def compare(self, own, new, rows, fold, alpha):
        """P-value of each class, of shape (n_patients, n_classes)."""
        true = self.classes.get_indexer(self.y[rows])
        conforming = _in_order(own, fold)[np.arange(len(rows)), true]
        return p_values(-conforming, fold, -np.stack(new))


@dataclass(frozen=True)
class ConformalNumbers:
    """Numbers: a patient conforms as far as y lies within its predicted quantiles."""

    y: np.ndarray
    method = "predict_interval"
    classes = None

    @property
    def strata(self):
        """One for all."""
        return np.zeros(len(self.y))

    def predict(self, model, X, alpha):
        """Lower and upper quantile; twice the prediction of a model that has none."""
        if isinstance(model, MultiModalGNNRegressor):
            return model.predict(X, quantiles=[alpha / 2, 1 - alpha / 2])
        return np.column_stack([model.predict(X)] * 2)

    def compare(self, own, new, rows, fold, alpha):
        """Lower and upper end, of shape (n_patients, 2)."""
        return intervals(_in_order(own, fold), self.y[rows], fold, np.stack(new), alpha)


@dataclass(frozen=True)
class ConformalTimes:
    """Times: a patient conforms as far as the model expects it to live no longer."""

    y: np.ndarray
    event: np.ndarray
    method = "predict_lower_bound"
    classes = None

    @property
    def strata(self):
        """Events, of which folds get equal shares."""
        return self.event

    def predict(self, model, X, alpha):
        """Event times, and cumulative hazards at these."""
        hazard = model.predict_cumulative_hazard_function(X)
        return hazard.columns.to_numpy(), hazard.to_numpy()

    def compare(self, own, new, rows, fold, alpha):
        """Lower bound of the time, of shape (n_patients, 1)."""
        return survival_bounds(own, self.y[rows], fold, new, alpha)[:, None]


ConformalTarget = ConformalClasses | ConformalNumbers | ConformalTimes


def conformal_target(estimator: Any, y: Any) -> ConformalTarget:
    """Read y as the estimator does.

    Parameters
    ----------
    estimator : estimator
        Not fitted.
    y : array-like or DataFrame
        One class, number or survival time per patient.

    Returns
    -------
    target : ConformalTarget
        Its y is an array of shape (n_patients,).

    Raises
    ------
    TypeError
        If the estimator predicts neither of these.
    ValueError
        If y has several columns or entry times.
    """
    if isinstance(estimator, MagnetSurvivalAnalysis):
        survival = check_survival(y)
        if np.isfinite(survival.entry).any():
            raise ValueError(
                "y has entry times. Patients who entered late are not exchangeable "
                "with new ones: leave the column 'entry' out to look at the time since "
                "entry, or use patients observed from the start."
            )
        return ConformalTimes(survival.time, survival.event == estimator.cause)
    if isinstance(estimator, MagnetMultiTask):
        raise TypeError(
            "MagnetMultiTask has several tasks. Fit one ConformalPredictor for each "
            "task, around MagnetClassifier, MultiModalGNNRegressor or "
            "MagnetSurvivalAnalysis."
        )
    if np.ndim(y) == 2 and np.shape(y)[1] > 1:
        raise ValueError(
            f"y has {np.shape(y)[1]} columns. Fit one ConformalPredictor for each."
        )
    if is_classifier(estimator):
        y = column_or_1d(y)
        return ConformalClasses(y, pd.Index(np.unique(y)))
    if is_regressor(estimator):
        return ConformalNumbers(
            check_array(column_or_1d(y), ensure_2d=False, dtype=np.float64)
        )
    raise TypeError(
        f"estimator is a {type(estimator).__name__}, neither a classifier nor a "
        "regressor nor MagnetSurvivalAnalysis."
    )


def _in_order(own, fold):
    """Put the outputs of the models into the order of the calibration patients."""
    known = [output for output in own if output is not None]
    ordered = np.empty((len(fold), known[0].shape[1]))
    for number, output in enumerate(own):
        if output is not None:
            ordered[fold == number] = output
    return ordered
