"""Why the model predicts this: modalities and features, in order of their size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from magnet_sklearn._estimators import BaseMagnet
from magnet_sklearn.data import MultiModalData, as_named_frame
from magnet_sklearn.explain import Explanation, ModelOutputs, feature_attribution
from magnet_sklearn.reports._outcomes import ClassOutcome, Outcome, label_text

# The central 95 % of healthy people is what laboratories call a reference range; here
# it is the central 95 % of the cohort.
_RANGE = [0.025, 0.975]
_OF_ALL_MODALITIES = {
    "joint": "several modalities together",
    "network": "neural networks",
    "graph": "similar training patients",
}


@dataclass(frozen=True)
class Reasons:
    """Why a model predicts what it predicts about one patient.

    Parameters
    ----------
    modalities : list of str
        Modalities of the model.
    mask : bool ndarray of shape (n_modalities,)
        True = observed.
    parts : ndarray of shape (n_modalities + 3, n_outputs)
        Contributions.
    features : Explanation or None
        Values of the features of the patient.
    references : MultiModalData or None
        Cohort that the features are compared with.
    n_features : int
        How many features are told.
    """

    modalities: list[str]
    mask: np.ndarray
    parts: np.ndarray
    features: Explanation | None
    references: MultiModalData | None
    n_features: int

    @classmethod
    def of(
        cls,
        est: BaseMagnet,
        X: MultiModalData,
        features: Explanation | None,
        references: MultiModalData | None,
        n_features: int,
    ) -> Reasons:
        """Explain the outputs for one patient."""
        parts = ModelOutputs(est).contributions(X)[0]
        if features is None and n_features:
            features = feature_attribution(est, X)
        if features is not None and len(features) != 1:
            raise ValueError(
                f"features explain {len(features)} patients; a report is about one. "
                "Pass features[[row]]."
            )
        return cls(est.modalities_, X.mask[0], parts, features, references, n_features)

    def describe(self, outcome: Outcome, prediction: Any) -> dict[str, Any]:
        """Return contributions of modalities and features to one outcome."""
        values = explained_values(outcome, self.parts, prediction)
        rows = modality_rows(self.modalities, self.mask, values)
        features = None
        if self.features is not None and self.n_features:
            own = explained_values(outcome, self.features.values[0], prediction)
            features = feature_rows(
                self.features, own, self.references, self.n_features
            )
        head = explained_unit(outcome, prediction)
        return {"contributions": head | {"parts": rows}, "features": features}


def explained_values(
    outcome: Outcome, values: np.ndarray, prediction: Any
) -> np.ndarray:
    """Return what each part adds to one outcome.

    Parameters
    ----------
    outcome : Outcome
        Of one or several outputs.
    values : ndarray of shape (n_parts, n_outputs)
        What each part adds to all outputs of the model.
    prediction : str or float
        The predicted class, if the outcome is one of classes.

    Returns
    -------
    values : ndarray of shape (n_parts,)
        Of several classes, what speaks for the predicted one rather than for the
        average class (adding to all alike changes no probability); of several
        intervals of time, the mean.
    """
    own = values[:, outcome.scale]
    if own.shape[1] == 1:
        return own[:, 0]
    if isinstance(outcome, ClassOutcome):
        return own[:, outcome.classes.index(prediction)] - own.mean(axis=1)
    return own.mean(axis=1)


def explained_unit(outcome: Outcome, prediction: Any) -> dict[str, str]:
    """Return what a positive contribution raises, and its unit."""
    unit = unit_of(outcome)
    if isinstance(outcome, ClassOutcome):
        binary = len(outcome.classes) == 2
        label = outcome.classes[1] if binary else prediction
        return {"raises": f"the probability of {label}", "unit": unit}
    if outcome.kind == "survival":
        return {"raises": "the risk", "unit": unit}
    return {"raises": f"the predicted {outcome.name}", "unit": unit}


def unit_of(outcome: Outcome) -> str:
    """Return the unit of contributions to an outcome."""
    is_number = outcome.kind == "number"
    return "units of y" if is_number else outcome.target.output_scale().units[0]


def modality_rows(
    modalities: list[str], mask: np.ndarray, values: np.ndarray
) -> list[dict[str, Any]]:
    """Return contributions of modalities, and of the parts that have several."""
    rows: list[dict[str, Any]] = [
        {"part": name, "label": name, "is_present": bool(seen), "value": value}
        for name, seen, value in zip(modalities, mask, values, strict=False)
    ]
    others = zip(_OF_ALL_MODALITIES.items(), values[len(modalities) :], strict=True)
    return rows + [
        {"part": part, "label": label, "is_present": None, "value": value}
        for (part, label), value in others
        if value
    ]


def feature_rows(
    explanation: Explanation,
    values: np.ndarray,
    references: MultiModalData | None,
    n_features: int,
) -> list[dict[str, Any]]:
    """Return the features that count most, with their value and reference.

    Parameters
    ----------
    explanation : Explanation
        Features of one patient.
    values : ndarray of shape (n_features,)
        What each feature adds to the outcome.
    references : MultiModalData or None
        Cohort that the values are compared with.
    n_features : int
        How many.
    """
    order = np.argsort(-np.abs(values), kind="stable")[:n_features]
    return [
        {
            "modality": (part := explanation.parts[place])[0],
            "feature": str(part[1]),
            "value": (cell := _cell(explanation.data, place)),
            "contribution": values[place],
            "direction": "raises" if values[place] > 0 else "lowers",
            "reference": _reference(references, part, cell),
        }
        for place in order
        if values[place]
    ]


def _cell(data, place):
    """Return what the patient has in a feature; None if missing or unknown."""
    if data is None or pd.isna(value := data.iloc[0, place]):
        return None
    return float(value) if isinstance(value, int | float | np.number) else str(value)


def _reference(references, part, cell):
    """Compare a value with a cohort."""
    column = None if references is None else _column(references, *part)
    if column is None or column.empty:
        return None
    if not pd.api.types.is_numeric_dtype(column):
        same = None if cell is None else (column.map(label_text) == cell).mean()
        return {"lower": None, "upper": None, "position": None, "share": same}
    lower, upper = column.quantile(_RANGE)
    position = None
    if cell is not None:
        position = "below" if cell < lower else "above" if cell > upper else "within"
    return {"lower": lower, "upper": upper, "position": position, "share": None}


def _column(references, modality, feature):
    """Known values of a feature in a cohort."""
    if modality not in references or np.ndim(references[modality]) > 2:
        return None
    frame = as_named_frame(modality, references[modality], references.index)
    return frame[feature].dropna() if feature in frame else None
