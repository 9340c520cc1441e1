"""patient_report: what a model predicts about one patient, and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from magnet_sklearn._estimators import BaseMagnet
from magnet_sklearn._training.runtime import prediction_device
from magnet_sklearn.data import MultiModalData, as_named_frame
from magnet_sklearn.explain import ModelOutputs
from magnet_sklearn.reports._limits import patient_limits
from magnet_sklearn.reports._outcomes import outcomes_of
from magnet_sklearn.reports._predictions import PatientOutputs, describe_prediction
from magnet_sklearn.reports._reasons import (
    explained_unit,
    explained_values,
    modality_rows,
)
from magnet_sklearn.reports._report import Report, make_report


def patient_report(
    est: BaseMagnet,
    X_one: Any,
    *,
    times: Any = None,
    alpha: float = 0.1,
    units: Mapping[str, str] | None = None,
) -> Report:
    """Report what a model predicts about one patient."""
    checked = _one_patient(est, X_one)
    patient = _outputs(est, checked)
    n_parts = len(est.modalities_) + 3
    parts = est.contributions(checked).to_numpy().reshape(n_parts, -1)
    outcomes = []
    for outcome in outcomes_of(est):
        said = describe_prediction(outcome, patient, alpha, times)
        values = explained_values(outcome, parts, said["prediction"])
        said["contributions"] = explained_unit(outcome, said["prediction"]) | {
            "parts": modality_rows(est.modalities_, checked.mask[0], values)
        }
        said["features"] = None
        said["unit"] = (units or {}).get(outcome.name)
        outcomes.append(said)
    n_filled = _n_filled(checked)
    content = {
        "model": {"estimator": type(est).__name__},
        "patient": {"id": str(checked.index[0])},
        "modalities": [
            {"name": name, "is_present": seen, "n_missing_values": n_filled[name]}
            for name, seen in zip(checked, checked.mask[0], strict=True)
        ],
        "outcomes": outcomes,
        "neighbors": None,
        "next_modality": None,
        "recommendations": None,
    }
    content["limits"] = patient_limits(content, n_filled)
    return make_report("patient_report", content)


def _one_patient(est: BaseMagnet, X: Any) -> MultiModalData:
    """Check that X is one patient that the estimator knows how to read."""
    checked = ModelOutputs(est).check(X)
    if len(checked) != 1:
        raise ValueError(
            f"X_one has {len(checked)} patients; a report is about one. Select one "
            "with X[[row]] or X.loc[[id]]."
        )
    return checked


def _outputs(est: BaseMagnet, X: MultiModalData) -> PatientOutputs:
    """Outputs for the patient, and for one of whom nothing is known."""
    predicted = est._model.predict(X, prediction_device(est.device), est.batch_size)
    baseline = est._model.experts.baseline()
    return PatientOutputs(
        predicted.outputs, np.reshape(baseline, (1, -1)), predicted.mask
    )


def _n_filled(X: MultiModalData) -> dict[str, int]:
    """Count missing values inside the observed blocks of one patient."""
    return {
        name: int(as_named_frame(name, block, X.index).isna().to_numpy().sum())
        if seen and np.ndim(block) == 2
        else 0
        for (name, block), seen in zip(X.items(), X.mask[0], strict=True)
    }
