"""Sets, intervals and bounds of conformal predictors, for one patient."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from magnet_sklearn.data import MultiModalData, quoted
from magnet_sklearn.explain import ConformalPredictor
from magnet_sklearn.reports._outcomes import label_text


def add_guarantees(
    told: list[dict[str, Any]], conformal: Any, X: MultiModalData, alpha: float
) -> None:
    """Write what conformal predictors say into the descriptions of outcomes.

    Parameters
    ----------
    told : list of dict
        A description per outcome, which is changed.
    conformal : ConformalPredictor, dict of str to ConformalPredictor or None
        Fitted; a dict is by name of the outcome.
    X : MultiModalData of shape (1, n_modalities)
        The patient.
    alpha : float
        Share of patients for whom they may be wrong.
    """
    if conformal is None:
        return
    by_name = {said["name"]: said for said in told}
    for name, predictor in _by_outcome(conformal, [*by_name]).items():
        _add(by_name[name], predictor, X, alpha)


def _by_outcome(conformal, names):
    """Return conformal predictors by name of the outcome."""
    if not isinstance(conformal, Mapping):
        if len(names) > 1:
            raise ValueError(
                f"conformal is for one outcome, but the model has {quoted(names)}. "
                "Pass a dict by name of the outcome."
            )
        conformal = {names[0]: conformal}
    unknown = [name for name in conformal if name not in names]
    if unknown:
        raise ValueError(
            f"conformal has the outcomes {quoted(unknown[:5])}; those of the model are "
            f"{quoted(names)}."
        )
    return conformal


def _add(
    said: dict[str, Any],
    conformal: ConformalPredictor,
    X: MultiModalData,
    alpha: float,
) -> None:
    """Write what a conformal predictor says into the description of an outcome."""
    coverage = {"coverage": 1 - alpha}
    if said["kind"] == "classification":
        row = conformal.predict_set(X, alpha=alpha).iloc[0]
        inside = [label_text(label) for label in row.index[row.to_numpy()]]
        said["prediction_set"] = {"classes": inside} | coverage
    elif said["kind"] == "number":
        row = conformal.predict_interval(X, alpha=alpha).iloc[0]
        bounds = {"lower": row["lower"], "upper": row["upper"]}
        said["interval"] = bounds | coverage | {"method": "conformal prediction"}
    else:
        time = conformal.predict_lower_bound(X, alpha=alpha).iloc[0]
        said["lower_bound"] = {"time": time} | coverage
