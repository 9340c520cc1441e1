"""to_fhir: predictions as resources."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import pandas as pd

from magnet_sklearn.data import MultiModalData, quoted
from magnet_sklearn.io.fhir._concepts import (
    as_instant,
    check_thresholds,
    patient_references,
)
from magnet_sklearn.io.fhir._predictions import PredictedOutcome, predicted_outcomes
from magnet_sklearn.io.fhir._told import (
    basis_references,
    conformal_notes,
    contribution_notes,
    modality_notes,
)
from magnet_sklearn.io.fhir._writer import ResourceWriter


def to_fhir(
    est,
    X,
    *,
    outcomes=None,
    times=None,
    time_unit="d",
    units=None,
    thresholds=None,
    conformal=None,
    alpha=0.1,
    n_contributions=3,
    basis=None,
    method=None,
    date=None,
    status="final",
):
    """Write predictions as FHIR R4 resources.

    Probabilities of classes, labels and events become one RiskAssessment per patient,
    with a prediction per outcome and horizon; as FHIR has it, in percent (0 to 100).
    A number is no risk: it becomes an Observation, with the bounds of its interval as
    components. Nothing is sent anywhere.

    Parameters
    ----------
    est : fitted estimator
        One of the four, or any with `predict_proba` and `classes_`,
        `predict_survival_function`, or `predict` of numbers.
    X : MultiModalData or dict of frames, of shape (n_patients, n_modalities)
        Patients; their ids are those of Patient resources, as in `read_fhir`.
    outcomes : mapping of str, default=None
        What classes, labels, tasks, "event" of a survival model or "value" of a
        regressor are: a code such as "snomed|254837009", text or a CodeableConcept.
        Outcomes that it does not name are left out. If None, all, by their names;
        classes of a task are named "task: class".
    times : array-like of shape (n_times,), default=None
        Horizons of survival models in the units of y; these need some.
    time_unit : {"d", "wk", "mo", "a"}, default="d"
        UCUM unit of `times`.
    units : mapping of str to str, default=None
        UCUM units of numbers, by outcome.
    thresholds : mapping of str to float, default=None
        Least probability of each qualitative risk, ``{"low": 0, "high": 0.2}``.
        "negligible", "low", "moderate", "high" and "certain" have codes in FHIR.
    conformal : ConformalPredictor or dict of str to ConformalPredictor, default=None
        Fitted, by task if there are several; sets, intervals and bounds become notes.
    alpha : float, default=0.1
        Share of patients outside of intervals and conformal sets.
    n_contributions : int, default=3
        How many parts of the model a note names, those that count most.
    basis : FHIRCohort or mapping, default=None
        Resources that predictions are based on: the result of `read_fhir`, or lists of
        references by patient id.
    method : str, default=None
        Name of the model. If None, that of the class and the version of the package.
    date : date, time or Series of those by patient id, default=None
        When the prediction was made; horizons begin there. If None, now.
    status : str, default="final"
        Status of the resources, such as "preliminary".

    Returns
    -------
    resources : list of dict
        RiskAssessment and Observation resources in the order of X. Their identifier
        follows from method, patient and date, so that a server may refuse a second.

    Raises
    ------
    ValueError
        If X has no patient ids, an outcome is unknown, a threshold is no probability,
        or a survival model got no `times`.

    Notes
    -----
    Probabilities are rounded to 6 decimals of a percent, numbers to 6 decimals.

    Examples
    --------
    >>> import numpy as np
    >>> from magnet_sklearn import MagnetClassifier, MultiModalData
    >>> from magnet_sklearn.io import to_fhir
    >>> rng = np.random.default_rng(0)
    >>> y = np.array(["benign", "malign"])[np.arange(40) % 2]
    >>> rna = rng.normal(size=(40, 5)) + 3 * (y == "malign")[:, None]
    >>> X = MultiModalData({"rna": rna}, index=[f"p{n}" for n in range(40)])
    >>> model = MagnetClassifier(experts="linear", max_epochs=1, ensemble_size=1)
    >>> resources = to_fhir(
    ...     model.fit(X, y), X[:1], date="2026-05-01",
    ...     outcomes={"malign": "snomed|363346000"},
    ...     thresholds={"low": 0.0, "high": 0.5},
    ... )
    >>> resources[0]["subject"]
    {'reference': 'Patient/p0'}
    >>> resources[0]["prediction"][0]["qualitativeRisk"]["text"]
    'low'
    """
    X = X if isinstance(X, MultiModalData) else MultiModalData(X)
    subjects = patient_references(X.index)
    writer = ResourceWriter(
        _chosen(list(predicted_outcomes(est, X, times, alpha)), outcomes),
        outcomes or {},
        time_unit,
        units or {},
        check_thresholds(thresholds),
        method or _method(est),
        status,
        alpha,
    )
    rows = zip(
        subjects,
        _dates(date, X.index),
        basis_references(basis, X.index),
        _notes(est, X, conformal, alpha, n_contributions),
        strict=True,
    )
    return [
        one for row, told in enumerate(rows) for one in writer.resources(row, *told)
    ]


def _notes(
    est: Any, X: MultiModalData, conformal: Any, alpha: float, n_contributions: int
) -> list[list[str]]:
    """Return the notes of each patient."""
    told = zip(
        modality_notes(X),
        conformal_notes(conformal, X, alpha),
        contribution_notes(est, X, n_contributions),
        strict=True,
    )
    return [[seen, *sets, *reasons] for seen, sets, reasons in told]


def _chosen(
    predicted: list[PredictedOutcome], outcomes: Mapping[str, Any] | None
) -> list[PredictedOutcome]:
    """Return the outcomes that a user names."""
    if outcomes is None:
        return predicted
    names = {outcome.name for outcome in predicted}
    unknown = [name for name in outcomes if name not in names]
    if unknown:
        raise ValueError(
            f"outcomes has {quoted(unknown, 5)}; those of the model are "
            f"{quoted(sorted(names))}."
        )
    return [outcome for outcome in predicted if outcome.name in outcomes]


def _dates(date: Any, patients: pd.Index) -> list[datetime]:
    if date is None:
        return [datetime.now(UTC).replace(microsecond=0)] * len(patients)
    if isinstance(date, pd.Series | Mapping):
        by_patient = dict(date.items())
        absent = sum(patient not in by_patient for patient in patients)
        if absent:
            raise ValueError(f"date lacks {absent} of {len(patients)} patients.")
        return [as_instant(by_patient[patient]) for patient in patients]
    return [as_instant(date)] * len(patients)


def _method(est: Any) -> str:
    try:
        own = f" (magnet_sklearn {version('magnet-sklearn')})"
    except PackageNotFoundError:
        own = ""
    return f"{type(est).__name__}{own}"
