"""`magnet-sklearn report`."""

from __future__ import annotations

from argparse import Namespace
from typing import Any

import numpy as np
import pandas as pd

from magnet_sklearn._cli._cohort import read_model, read_patients
from magnet_sklearn._cli._messages import Messages
from magnet_sklearn._cli._truth import truth_of
from magnet_sklearn.data import MultiModalData
from magnet_sklearn.reports import Report, model_report, patient_report


def run(arguments: Namespace, say: Messages) -> None:
    """Write a report of one patient, or of a model."""
    model = read_model(arguments, say)
    X, labels = read_patients(arguments)
    if labels is not None:
        say.allow(*labels.columns)
    if arguments.patient is not None:
        report = _of_patient(model, X, arguments)
    else:
        report = _of_model(model, X, labels, arguments, say)
    report.save(arguments.out)
    say.note(f"written to {arguments.out}")


def _of_patient(model: Any, X: MultiModalData, arguments: Namespace) -> Report:
    row = np.flatnonzero(X.index.astype(str) == arguments.patient)
    if len(row) != 1:
        raise ValueError(
            f"The folder has {len(row)} patients with the id of --patient, among "
            f"{len(X)}."
        )
    units = dict(arguments.units or ())
    return patient_report(model, X[row], times=arguments.times, units=units)


def _of_model(
    model: Any,
    X: MultiModalData,
    labels: pd.DataFrame | None,
    arguments: Namespace,
    say: Messages,
) -> Report:
    if labels is None:
        raise ValueError(
            "The folder has no labels.csv, which a report of a model needs. Name the "
            "table of outcomes with --labels, or a patient with --patient."
        )
    y = truth_of(model, labels, arguments.target)
    known = labels.index.isin(y.index)
    if not known.all():
        say.note(f"{(~known).sum()} of {len(X)} patients without outcome left out")
    labels = labels[known]
    return model_report(
        model,
        X[known],
        y,
        subgroups=_chosen(labels, arguments.subgroups, "--subgroups"),
        site=_chosen(labels, arguments.site, "--site"),
        times=arguments.times,
        units=dict(arguments.units or ()),
    )


def _chosen(labels, columns, option):
    if columns is None:
        return None
    absent = [name for name in _listed(columns) if name not in labels]
    if absent:
        raise ValueError(f"{option} names {absent[0]!r}, no column of the labels.")
    return labels[columns]


def _listed(columns):
    return [columns] if isinstance(columns, str) else columns
