"""Which parameters to search, and where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scipy import stats
from sklearn.base import BaseEstimator
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import _num_samples

from magnet_sklearn._estimators import (
    BaseMagnet,
    MagnetClassifier,
    MagnetMultiTask,
    MagnetSurvivalAnalysis,
)
from magnet_sklearn._utils import import_optional
from magnet_sklearn.data import MultiModalData
from magnet_sklearn.experts.families import FAMILIES

# Patients from which on the gates of the networks open often enough for a search.
NETWORKS_COUNT_FROM = 1000


@dataclass(frozen=True)
class Choice:
    """One of some values.

    Parameters
    ----------
    values : tuple
        Names, numbers or None.
    """

    values: tuple[Any, ...]

    def for_optuna(self) -> Any:
        """Return a distribution of optuna."""
        optuna = import_optional("optuna", extra="tune")
        return optuna.distributions.CategoricalDistribution(self.values)

    def for_sklearn(self) -> Any:
        """Return what `RandomizedSearchCV` draws from."""
        return list(self.values)


@dataclass(frozen=True)
class Interval:
    """Numbers from `low` to `high`, both included.

    Parameters
    ----------
    low, high : float or int
        Bounds; with integers only integers are drawn.
    log : bool, default=False
        Whether orders of magnitude are equally likely.
    """

    low: float
    high: float
    log: bool = False

    def for_optuna(self) -> Any:
        """Return a distribution of optuna."""
        distributions = import_optional("optuna", extra="tune").distributions
        if isinstance(self.low, int):
            return distributions.IntDistribution(self.low, int(self.high), self.log)
        return distributions.FloatDistribution(self.low, self.high, self.log)

    def for_sklearn(self) -> Any:
        """Return what `RandomizedSearchCV` draws from."""
        if isinstance(self.low, int):
            return stats.randint(self.low, int(self.high) + 1)
        if self.log:
            return stats.loguniform(self.low, self.high)
        return stats.uniform(self.low, self.high - self.low)


def search_space(
    estimator: BaseEstimator, X: Any = None, *, backend: str = "optuna"
) -> dict[str, Any]:
    """Return the parameters of an estimator that are worth a search, with ranges.

    Experts first. Parameters of the networks are left out where X has fewer than 1000
    patients, unless the estimator has no experts: on such cohorts the gates are nearly
    always closed, and every trial would have the same score.

    Parameters
    ----------
    estimator : estimator or Pipeline
        One of the estimators of magnet_sklearn, or a pipeline that ends in one; names
        then have the prefix of the step.
    X : multimodal data of shape (n_patients, n_modalities), default=None
        Training patients; None searches the networks too.
    backend : {"optuna", "sklearn"}, default="optuna"
        Distributions of optuna, for `tune` and `OptunaSearchCV`; or lists and
        distributions of scipy, for `RandomizedSearchCV` and `HalvingRandomSearchCV`.

    Returns
    -------
    space : dict of str to distribution
        By name of the parameter.

    Raises
    ------
    TypeError
        If the estimator is none of magnet_sklearn.
    ValueError
        If `backend` is unknown, or nothing is worth a search: experts are set to other
        than a name, and the cohort is too small for the networks.
    ImportError
        If `backend` is "optuna" and the extra ``tune`` is not installed.

    Examples
    --------
    >>> from magnet_sklearn import MultiModalGNNRegressor
    >>> from magnet_sklearn.tuning import search_space
    >>> X = {"rna": [[0.0]] * 80}
    >>> search_space(MultiModalGNNRegressor(), X, backend="sklearn")
    {'experts': ['auto', 'linear', 'sparse', 'kernel', 'forest', 'boosting']}
    """
    if backend not in ("optuna", "sklearn"):
        raise ValueError(f"backend must be 'optuna' or 'sklearn', got {backend!r}.")
    prefix, model = _model_in(estimator)
    ranges: dict[str, Choice | Interval] = {}
    if isinstance(model.experts, str):
        ranges["experts"] = Choice(("auto", *_families(model)))
    if X is None or model.experts is None or n_patients(X) >= NETWORKS_COUNT_FROM:
        ranges |= _of_networks(model)
    if not ranges:
        raise ValueError(
            f"Nothing to search: experts={model.experts!r} is set, and with "
            f"{n_patients(X)} patients parameters of the networks rarely count. Pass "
            "a space of your own, or experts='auto'."
        )
    return {
        prefix + name: own.for_optuna() if backend == "optuna" else own.for_sklearn()
        for name, own in ranges.items()
    }


def n_patients(X: Any) -> int:
    """Count the patients of anything that `fit` accepts."""
    return _num_samples(MultiModalData(X) if isinstance(X, Mapping) else X)


def _model_in(estimator):
    """Prefix of the parameters, and the estimator of ours."""
    if isinstance(estimator, Pipeline):
        name, last = estimator.steps[-1]
        prefix, model = _model_in(last)
        return f"{name}__{prefix}", model
    if not isinstance(estimator, BaseMagnet):
        raise TypeError(
            "estimator must be one of magnet_sklearn, or a Pipeline that ends in one; "
            f"got a {type(estimator).__name__}."
        )
    return "", estimator


def _families(model):
    """Families of experts that learn all kinds of target of the estimator."""
    kinds = ["numbers"]
    if isinstance(model, MagnetClassifier):
        kinds = ["classes"]
    elif isinstance(model, MagnetSurvivalAnalysis):
        kinds = ["survival"]
    elif isinstance(model, MagnetMultiTask):
        kinds = ["classes", "numbers", "survival"]
    return [
        name
        for name, family in FAMILIES.items()
        if all(family.expert(kind, None) is not None for kind in kinds)
        and (model.unlabeled is not None or not family.in_auto_with_unlabelled)
    ]


def _of_networks(model):
    """Ranges of the parameters of the networks."""
    ranges: dict[str, Choice | Interval] = {
        "hidden_dim": Choice(tuple(n for n in (32, 64, 128) if n % model.n_heads == 0)),
        "learning_rate": Interval(3e-4, 1e-2, log=True),
        "dropout": Interval(0.0, 0.5),
        "weight_decay": Interval(1e-5, 1e-2, log=True),
    }
    if isinstance(model.graph, str):
        ranges["n_neighbors"] = Interval(5, 30)
        ranges["similarity_weight"] = Interval(0.0, 1.0)
    return ranges
