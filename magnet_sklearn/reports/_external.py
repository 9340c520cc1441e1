"""external_validation: a fitted model on the patients of another hospital."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike
from typing import Any

import numpy as np

from magnet_sklearn._estimators import BaseMagnet
from magnet_sklearn.data import MultiModalData, did_you_mean, quoted
from magnet_sklearn.reports._by_group import model_outputs
from magnet_sklearn.reports._large import large_rows
from magnet_sklearn.reports._model import model_report
from magnet_sklearn.reports._monitor import monitor
from magnet_sklearn.reports._outcomes import outcomes_of
from magnet_sklearn.reports._report import Report, make_report


def external_validation(
    model: BaseMagnet | str | PathLike[str],
    data: Any,
    y: Any,
    *,
    labels: str = "labels.csv",
    X_reference: Any = None,
    subgroups: Any = None,
    site: Any = None,
    times: Any = None,
    units: Mapping[str, str] | None = None,
    card: Mapping[str, str] | None = None,
    n_resamples: int = 200,
    confidence: float = 0.95,
    min_patients: int = 10,
    random_state: int = 0,
) -> Report:
    """Report how a fitted model does on patients of another hospital.

    This is :func:`model_report` (scores with intervals by pattern, subgroup and site,
    calibration, decision curves) with what a new place needs beside it: calibration in
    the large, modalities that are absent there, and drift against other patients.

    Parameters
    ----------
    model : fitted estimator, str or path
        Any of the four, or the file of one, from :func:`magnet_sklearn.io.save_model`.
    data : str, path or multimodal data of shape (n_patients, n_modalities)
        Folder with one file per modality, which `MultiModalData.from_folder` reads; or
        patients, such as the `data` of :func:`magnet_sklearn.io.read_omop`.
    y : str, list of str, or as in `fit`, with n_patients rows
        Their outcomes. Of a folder also columns of the labels file: a name, or names
        such as ["event", "time"].
    labels : str, default="labels.csv"
        Labels file of a folder.
    X_reference : multimodal data of shape (n_reference, n_modalities), default=None
        Patients the model was validated on, to compare the new with.
    subgroups : DataFrame or Series of n_patients rows, or list of str, default=None
        Variables to score by; of a folder also columns of the labels file.
    site : array-like of shape (n_patients,) or str, default=None
        Where the patients come from; of a folder also a column of the labels file.
    times : array-like of shape (n_times,), default=None
        Times at which survival is calibrated, as in :func:`model_report`.
    units : dict of str to str, default=None
        Units of numbers and times, by name of the outcome.
    card : dict of str to str, default=None
        Texts of the authors for the model card, as in :func:`model_report`.
    n_resamples : int, default=200
        Bootstrap samples of each group.
    confidence : float, default=0.95
        Level of the intervals.
    min_patients : int, default=10
        Smaller groups are counted, but not scored.
    random_state : int, default=0
        Seed.

    Returns
    -------
    report : Report
        Of kind "model_report", with the part "external".

    Raises
    ------
    ValueError
        If the data have other modalities or columns than in `fit`, or y is of other
        patients.
    FileNotFoundError
        If there is no such file or folder.

    Examples
    --------
    >>> import numpy as np
    >>> from magnet_sklearn import MagnetClassifier, MultiModalData
    >>> from magnet_sklearn.reports import external_validation
    >>> rng = np.random.default_rng(0)
    >>> X = MultiModalData({"rna": rng.normal(size=(90, 3))})
    >>> y = np.where(X["rna"][:, 0] > 0, "relapse", "none")
    >>> model = MagnetClassifier(max_epochs=2, ensemble_size=1, random_state=0)
    >>> model = model.fit(X[:60], y[:60])
    >>> report = external_validation(model, X[60:], y[60:], n_resamples=20)
    >>> report.content["external"]["calibration_in_the_large"][0]["of"]
    'relapse'
    >>> report.save("there.html")  # doctest: +SKIP
    """
    est = _loaded(model)
    X, y, subgroups, site = _patients(data, labels, y, subgroups, site)
    report = model_report(
        est,
        X,
        y,
        subgroups=subgroups,
        site=site,
        times=times,
        units=units,
        card=card,
        n_resamples=n_resamples,
        confidence=confidence,
        min_patients=min_patients,
        random_state=random_state,
    )
    drift = None
    if X_reference is not None:
        alerts = monitor(est, X_reference, X, random_state=random_state)
        drift = alerts.drop(columns="period").to_dict("records")
    external = _calibrated(est, X, y, times, confidence) | {"drift": drift}
    content = {key: report.content[key] for key in report.content if key not in _HEAD}
    return make_report("model_report", {**content, "external": external})


_HEAD = ("kind", "schema_version", "created", "software")


def _calibrated(
    est: BaseMagnet, X: Any, y: Any, times: Any, confidence: float
) -> dict[str, Any]:
    """Return calibration in the large, and which modalities nobody has."""
    checked = est._model.inputs.check(est, X)
    outputs = model_outputs(est, checked)
    rows = large_rows(outcomes_of(est), outputs, y, times, confidence)
    there = np.asarray(checked.mask.any(axis=0))
    absent = [name for name, seen in zip(checked, there, strict=True) if not seen]
    return {"calibration_in_the_large": [*rows], "absent": absent}


def _loaded(model: Any) -> BaseMagnet:
    if not isinstance(model, str | PathLike):
        return model
    from magnet_sklearn.io import load_model

    return load_model(model)


def _patients(
    data: Any, labels: str, y: Any, subgroups: Any, site: Any
) -> tuple[Any, Any, Any, Any]:
    """Read a folder; names of columns are those of its labels."""
    if not isinstance(data, str | PathLike):
        return data, y, subgroups, site
    X, table = MultiModalData.from_folder(data, labels=labels)
    assert table is not None
    return X, *(_named(table, own) for own in (y, subgroups, site))


def _named(table: Any, given: Any) -> Any:
    """Return columns of the labels, if names are given."""
    names = [given] if isinstance(given, str) else given
    is_names = isinstance(given, str) or (
        isinstance(given, list)
        and len(given) != len(table)
        and all(isinstance(name, str) for name in given)
    )
    if not is_names:
        return given
    if unknown := [name for name in names if name not in table]:
        raise ValueError(
            f"The labels have no column {unknown[0]!r}."
            f"{did_you_mean(unknown[0], [*table])} Columns: {quoted([*table][:20])}."
        )
    return table[given]
