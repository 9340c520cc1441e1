"""Which estimators can be trained across sites, and that all sites have the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from sklearn.base import clone

from magnet_sklearn._estimators import (
    BaseMagnet,
    MagnetClassifier,
    MagnetSurvivalAnalysis,
)
from magnet_sklearn.experts import LinearFamily
from magnet_sklearn.federated._fourier import FourierFamily

# Parameters that say where and how loudly a site computes, not what is learned.
_OF_A_SITE = {"device", "n_jobs", "verbose"}
# Parameters that only the value has which they have here.
_FIXED = {
    "preprocessor": None,
    "feature_graph": None,
    "checkpoint": None,
    "warm_start": False,
    "skip_connection": True,
    "model": "cox",
}


def federated_estimator(estimator: Any = None) -> Any:
    """Return the estimator that federated training fits in place of another.

    A patient graph needs training patients as references, kernel experts compare with
    training patients, and trees of a forest cut at their values, none of which may
    leave a site. So ``graph`` becomes None, and ``experts="auto"`` becomes
    ``["linear", FourierFamily()]``. Fitted on all patients at one place, what this
    function returns is what federated training is compared with.

    Parameters
    ----------
    estimator : MagnetClassifier or MagnetSurvivalAnalysis, default=None
        Not changed. None is ``MagnetClassifier()``.

    Returns
    -------
    estimator : MagnetClassifier or MagnetSurvivalAnalysis
        Not fitted.

    Raises
    ------
    TypeError
        If it is another estimator, or X_val or such things would be needed.
    ValueError
        If a parameter has a value that is not possible across sites.

    Examples
    --------
    >>> from magnet_sklearn import MagnetClassifier
    >>> from magnet_sklearn.federated import federated_estimator
    >>> federated_estimator(MagnetClassifier(random_state=0))
    MagnetClassifier(experts=['linear', FourierFamily()], graph=None,
                     random_state=0)
    """
    make: Any = MagnetClassifier
    estimator = make() if estimator is None else estimator
    if not isinstance(estimator, MagnetClassifier | MagnetSurvivalAnalysis):
        raise TypeError(
            "Federated training fits MagnetClassifier and MagnetSurvivalAnalysis; got "
            f"{type(estimator).__name__}."
        )
    estimator = clone(estimator)
    if isinstance(estimator.experts, str) and estimator.experts == "auto":
        estimator.experts = ["linear", FourierFamily()]
    if isinstance(estimator.experts, Mapping):
        default = ["linear", FourierFamily()]
        estimator.experts = {
            name: default if isinstance(own, str) and own == "auto" else own
            for name, own in estimator.experts.items()
        }
    _check_experts(estimator.experts)
    estimator.graph = None
    estimator._validate_params()
    for name, value in _FIXED.items():
        if getattr(estimator, name, value) != value:
            raise ValueError(
                f"{name}={getattr(estimator, name)!r} is not possible in federated "
                f"training. Set {name}={value!r}; preprocess blocks before, alike at "
                "all sites."
            )
    return estimator


def _check_experts(experts: Any) -> None:
    """Refuse experts whose fitted state would hold values of patients."""
    if isinstance(experts, Mapping):
        for own in experts.values():
            _check_experts(own)
        return
    for item in experts if isinstance(experts, list | tuple) else [experts]:
        allowed = item is None or isinstance(item, LinearFamily | FourierFamily)
        if not allowed and not (isinstance(item, str) and item == "linear"):
            raise ValueError(
                f"Experts {item!r} cannot be trained across sites: they keep values of "
                "single patients, or need all patients at one place. Use 'linear' and "
                "FourierFamily()."
            )


def described_parameters(estimator: BaseMagnet) -> dict[str, str]:
    """Return the parameters that have to be the same at all sites, as text."""
    parameters = estimator.get_params(deep=False)
    described = {
        name: repr(value)
        for name, value in parameters.items()
        if name not in _OF_A_SITE
    }
    return {"estimator": type(estimator).__name__, **described}


def check_same_parameters(sites: Mapping[str, dict[str, str]]) -> None:
    """Refuse sites with estimators of other parameters."""
    first = next(iter(sites))
    for site, parameters in sites.items():
        for name, value in parameters.items():
            expected = sites[first].get(name)
            if value != expected:
                raise ValueError(
                    f"Site {site!r} has {name}={value}, but site {first!r} has {name}="
                    f"{expected}. Pass the same estimator at all sites."
                )


def class_factors(estimator: Any, target: Mapping[str, Any]) -> np.ndarray:
    """Weight of a patient of each class, of mean 1 over all patients."""
    counts = np.array(target["counts"], dtype=float)
    factors = np.ones(len(counts))
    if isinstance(estimator.class_weight, str):  # "balanced"
        factors = counts.sum() / (len(counts) * counts)
    elif estimator.class_weight is not None:
        weights = estimator.class_weight
        factors = np.array([weights.get(c, 1.0) for c in target["classes"]], float)
    return factors / (factors @ counts / counts.sum())
