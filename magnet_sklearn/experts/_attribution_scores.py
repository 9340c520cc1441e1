"""What columns add to the scores of an expert: logits, numbers or log-hazards."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from magnet_sklearn.experts._attribution_trees import (
    boosted_trees,
    forest_trees,
    tree_shapley,
)
from magnet_sklearn.experts._boosting import BoostingExpert
from magnet_sklearn.experts._elastic_net import ElasticNetExpert
from magnet_sklearn.experts._forest import Forest
from magnet_sklearn.experts._ridge import RidgeCV
from magnet_sklearn.experts._ridge_cox import RidgeCox
from magnet_sklearn.experts._ridge_logistic import RidgeLogisticCV
from magnet_sklearn.experts._survival_forest import SurvivalForestExpert
from magnet_sklearn.experts._views import View
from magnet_sklearn.experts.families import Features
from magnet_sklearn.experts.families._kernel import RadialBasis

_LINEAR = (RidgeLogisticCV, RidgeCV, RidgeCox, ElasticNetExpert)
_POINTS, _WEIGHTS = np.polynomial.legendre.leggauss(32)


@dataclass(frozen=True)
class Scores:
    """What columns add to scores.

    Parameters
    ----------
    values : ndarray of shape (n_patients, n_columns, n_scores)
        What each column adds.
    end : ndarray of shape (n_patients, n_scores), default=None
        Scores of the patients, where differences are not enough.
    is_probability : bool, default=False
        Whether scores of classes are probabilities, not logits.
    """

    values: np.ndarray
    end: np.ndarray | None = None
    is_probability: bool = False

    @property
    def start(self) -> np.ndarray:
        """Scores of the reference."""
        return self.end - self.values.sum(axis=1)


def scores_of_columns(
    expert: Any, features: Features, view: View, reference: np.ndarray
) -> Scores | None:
    """Split the scores of an expert by the columns of its view.

    Exact for linear experts; Shapley values against the reference for trees;
    gradients integrated on the straight way from the reference (M. Sundararajan, A.
    Taly and Q. Yan, "Axiomatic attribution for deep networks", ICML 2017) for kernels.

    Parameters
    ----------
    expert : estimator
        Fitted.
    features : Features
        What it sees of the view.
    view : View
        Of patients who have it.
    reference : ndarray of shape (n_columns,)
        What columns are compared with.

    Returns
    -------
    scores : Scores or None
        None for an expert that is none of the package's.
    """
    table = view.table
    if isinstance(expert, _LINEAR) and isinstance(features, RadialBasis):
        weights = np.atleast_2d(expert.coef_)
        landmarks = features.landmarks_of(view)
        values = _kernel(landmarks, features.gamma, weights, table, reference)
        return _with_end(expert, values, features.transform(view))
    if isinstance(expert, _LINEAR) and features.are_columns:
        values = (table - reference)[:, :, None] * np.atleast_2d(expert.coef_).T
        return _with_end(expert, values, table)
    if isinstance(expert, Forest) and features.are_columns:
        return _forest(expert, table, reference)
    if isinstance(expert, BoostingExpert):
        trees = boosted_trees(expert.model_, expert.n_trees)
        binned = features.transform(view)
        start = features.transform(view.with_table(reference[None]))
        return _with_end(expert, tree_shapley(trees, binned, start[0]), binned)
    return None


def _with_end(expert, values, features):
    """Scores of classes get the logits of the patients; those of two classes, both."""
    if not hasattr(expert, "predict_proba"):
        return Scores(values)
    # logits are known up to a number that is the same for all classes
    end = np.log(np.maximum(expert.predict_proba(features), 1e-300))
    if values.shape[2] == 1:
        values = np.concatenate([-values / 2, values / 2], axis=2)
        end = end - end.mean(axis=1, keepdims=True)
    return Scores(values, end)


def _forest(expert, table, reference):
    # as the trees compare them
    table, reference = table.astype(np.float32), reference.astype(np.float32)
    trees = forest_trees(expert.trees_)
    values = tree_shapley(trees, table, reference) / len(trees.roots)
    if isinstance(expert, SurvivalForestExpert):
        values *= expert.scale_
    if not hasattr(expert, "predict_proba"):
        return Scores(values)
    return Scores(values, expert.predict_proba(table), is_probability=True)


def _kernel(landmarks, gamma, weights, table, reference):
    """Integrated gradients of a weighted sum of Gaussians around landmarks."""
    way, landmarks = table - reference, landmarks - reference
    length = (way**2).sum(axis=1)[:, None]
    along, away = way @ landmarks.T, (landmarks**2).sum(axis=1)
    mean, mean_place = np.zeros((2, *along.shape))
    for point, weight in zip((_POINTS + 1) / 2, _WEIGHTS / 2, strict=True):
        squared = point**2 * length - 2 * point * along + away
        similarity = weight * np.exp(-gamma * squared)
        mean += similarity
        mean_place += point * similarity
    pull = [(mean * own) @ landmarks for own in weights]
    stay = (mean_place @ weights.T)[:, None]
    values = np.stack(pull, axis=2) - stay * way[:, :, None]
    return 2 * gamma * way[:, :, None] * values
