"""Notes and references that say where a prediction comes from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from magnet_sklearn.data import MultiModalData
from magnet_sklearn.io.fhir._predictions import label

_PREDICTORS = ("predict_set", "predict_interval", "predict_lower_bound")


def modality_notes(X: Any) -> list[str]:
    """Say of each patient which modalities the prediction is based on."""
    data = X if isinstance(X, MultiModalData) else MultiModalData(X)
    names = np.array(list(data), dtype=object)
    notes = []
    for seen in data.mask:
        there, absent = ", ".join(names[seen]), ", ".join(names[~seen])
        note = f"Modalities: {there or 'none, so this is the average patient'}."
        notes.append(note + (f" Missing: {absent}." if absent else ""))
    return notes


def contribution_notes(est: Any, X: Any, n_contributions: int) -> list[list[str]]:
    """Say of each patient which parts of the model count most, per output."""
    if not n_contributions or not hasattr(est, "contributions"):
        return [[] for _ in range(len(X))]
    parts = est.contributions(X)
    what = _scale(est)
    if parts.columns.nlevels == 2 and hasattr(est, "event_times_"):
        what = " to the log-odds of the event in an interval of time, on average"
        parts = parts.T.groupby(level="part", sort=False).mean().T
    if parts.columns.nlevels == 1:
        return [[_largest(what, row, n_contributions)] for _, row in parts.iterrows()]
    outputs = parts.columns.get_level_values("output").unique()
    by_output = {output: parts.xs(output, axis=1, level="output") for output in outputs}
    return [
        [
            _largest(f" to {label(output)}", frame.iloc[row], n_contributions)
            for output, frame in by_output.items()
        ]
        for row in range(len(parts))
    ]


def _scale(est: Any) -> str:
    """Say what contributions to one output add up to."""
    if hasattr(est, "event_times_"):
        return " to the log-hazard"
    classes = getattr(est, "classes_", [])
    return f" to the log-odds of {label(classes[-1])}" if len(classes) else ""


def _largest(what: str, row: pd.Series, n_contributions: int) -> str:
    order = np.argsort(-np.abs(row.to_numpy()), kind="stable")[:n_contributions]
    largest = row.iloc[order][row.iloc[order] != 0]
    told = ", ".join(f"{part} {value:+.3g}" for part, value in largest.items())
    return f"Main contributions{what}: {told or 'none'}."


def conformal_notes(conformal: Any, X: Any, alpha: float) -> list[list[str]]:
    """Say of each patient what conformal predictors guarantee."""
    notes: list[list[str]] = [[] for _ in range(len(X))]
    if conformal is None:
        return notes
    by_task = conformal if isinstance(conformal, Mapping) else {"": conformal}
    for task, predictor in by_task.items():
        before = f"{task}: " if task else ""
        for place, told in enumerate(_guaranteed(predictor, X, alpha)):
            notes[place].append(f"{before}{told}")
    return notes


def _guaranteed(predictor: Any, X: Any, alpha: float) -> list[str]:
    if not any(hasattr(predictor, name) for name in _PREDICTORS):
        raise TypeError(
            "conformal must be a fitted ConformalPredictor, or a dict by task, "
            f"got a {type(predictor).__name__}."
        )
    share = f"{100 * (1 - alpha):g} %"
    if hasattr(predictor, "classes_"):
        sets = predictor.predict_set(X, alpha=alpha)
        return [
            f"Conformal set ({share}): {', '.join(map(label, sets.columns[row]))}."
            if row.any()
            else f"Conformal set ({share}): empty; unlike the patients of any class."
            for row in sets.to_numpy()
        ]
    if hasattr(predictor.estimator_, "predict_survival_function"):
        bounds = predictor.predict_lower_bound(X, alpha=alpha)
        return [f"Conformal lower bound of time ({share}): {t:.6g}." for t in bounds]
    ends = predictor.predict_interval(X, alpha=alpha).to_numpy()
    return [f"Conformal interval ({share}): {a:.6g} to {b:.6g}." for a, b in ends]


def basis_references(basis: Any, patients: pd.Index) -> list[list[dict[str, str]]]:
    """Return for each patient the resources that its values come from."""
    if basis is None:
        return [[] for _ in patients]
    if hasattr(basis, "provenance"):
        told = basis.provenance
        basis = told.groupby("patient")["resource"].unique().to_dict()
    found = []
    for patient in patients:
        given = basis.get(patient, [])
        names = [given] if isinstance(given, str) else list(given)
        references = (_reference(name) for name in names)
        found.append([{"reference": name} for name in references if name])
    return found


def _reference(name: str) -> str | None:
    """Return what refers to a resource; one without an id has nothing."""
    if "[" in name:
        return None
    kind, _, identifier = name.partition("/")
    if identifier.startswith("urn:"):
        return identifier
    return name if kind != "Patient" else None
