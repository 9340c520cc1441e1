"""patient_report: what a model predicts about one patient, and why."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Integral, Real
from typing import Any

import numpy as np
from sklearn.utils._param_validation import Interval, validate_params

from magnet_sklearn._estimators import BaseMagnet
from magnet_sklearn._training.runtime import prediction_device
from magnet_sklearn.data import MultiModalData
from magnet_sklearn.explain import Explanation, ModelOutputs
from magnet_sklearn.reports._guaranteed import add_guarantees
from magnet_sklearn.reports._limits import patient_limits
from magnet_sklearn.reports._next import what_to_measure
from magnet_sklearn.reports._outcomes import check_units, outcomes_of
from magnet_sklearn.reports._predictions import (
    PatientOutputs,
    describe_prediction,
    feature_frame,
)
from magnet_sklearn.reports._reasons import Reasons
from magnet_sklearn.reports._report import Report, make_report
from magnet_sklearn.reports._rules import Answers, recommend
from magnet_sklearn.reports._similar import similar_patients


@validate_params(
    {
        "n_neighbors": [Interval(Integral, 1, None, closed="left")],
        "show_ids": ["boolean"],
        "n_features": [Interval(Integral, 0, None, closed="left")],
        "next_modality": ["boolean"],
        "alpha": [Interval(Real, 0, 1, closed="neither")],
        "units": [Mapping, None],
    },
    prefer_skip_nested_validation=True,
)
def patient_report(
    est: BaseMagnet,
    X_one: Any,
    *,
    references: Any = None,
    y_references: Any = None,
    n_neighbors: int = 5,
    show_ids: bool = False,
    features: Explanation | None = None,
    n_features: int = 10,
    next_modality: bool = False,
    costs: Mapping[str, float] | None = None,
    conformal: Any = None,
    alpha: float = 0.1,
    times: Any = None,
    units: Mapping[str, str] | None = None,
    rules: Any = None,
) -> Report:
    """Report what a model predicts about one patient, and why.

    All outcomes of a :class:`MagnetMultiTask` are in one report.

    Parameters
    ----------
    est : fitted estimator
        Any of the four.
    X_one : multimodal data of one patient
        Anything that `fit` accepts, such as ``X[[0]]``.
    references : multimodal data of shape (n_patients, n_modalities), default=None
        Cohort, such as the training patients, with which the values of the patient are
        compared: the reference range of a number is its central 95 %.
    y_references : as in `fit`, default=None
        Outcomes of `references`, which then must be the training patients in the order
        of `fit`. The report shows the most similar of them.
    n_neighbors : int, default=5
        How many.
    show_ids : bool, default=False
        Whether the report shows their ids.
    features : Explanation, default=None
        Values of the features of this patient. None takes those of
        :func:`magnet_sklearn.explain.feature_attribution`.
    n_features : int, default=10
        How many features the report shows for each outcome; 0 leaves them out.
    next_modality : bool, default=False
        Whether to tell what measuring the missing modalities is likely to change, as
        :func:`magnet_sklearn.explain.next_modality` does; needs `references`.
    costs : dict of str to float, default=None
        Cost of measuring each modality, by which its gain is divided.
    conformal : ConformalPredictor or dict of str to ConformalPredictor, default=None
        Fitted, for sets of classes, intervals and lower bounds of times with a
        guaranteed coverage; a dict is by name of the outcome. None leaves out the sets
        and takes intervals of numbers from the residuals of `est`.
    alpha : float, default=0.1
        Share of patients for whom a set or interval may be wrong.
    times : array-like of shape (n_times,), default=None
        Times, in the units of y, for which survival is told. None is the quartiles of
        the event times in `fit`.
    units : dict of str to str, default=None
        Units of numbers and times, by name of the outcome. Those of estimators of one
        outcome are called "class", "value" and "survival".
    rules : DataFrame or list of dict, default=None
        Recommendations, a condition per row, with the columns `text` (shown where the
        condition holds), `source` (optional) and

        - `what`: "probability" (with `class`), "class", "number", "survival" (the
          probability of no event until `time`) or "feature" (with `modality` and
          `feature`);
        - `outcome`: name, if several are of the kind;
        - `min` (from), `max` (below) or `equals`;
        - `rule` (optional): rows with the same value must hold together.

        None has no recommendations in the report: the model gives none.

    Returns
    -------
    report : Report
        With predictions, contributions of the modalities, recommendations and limits.

    Raises
    ------
    TypeError
        If `est` is not an estimator of this package.
    ValueError
        If X_one is not one patient, or a rule is about what there is not.

    Examples
    --------
    >>> import numpy as np
    >>> from magnet_sklearn import MagnetClassifier, MultiModalData
    >>> from magnet_sklearn.reports import patient_report
    >>> rng = np.random.default_rng(0)
    >>> X = MultiModalData({"rna": rng.normal(size=(60, 3))})
    >>> y = np.where(X["rna"][:, 0] > 0, "relapse", "none")
    >>> model = MagnetClassifier(max_epochs=2, ensemble_size=1, random_state=0)
    >>> model = model.fit(X, y)
    >>> rules = [
    ...     {
    ...         "what": "probability",
    ...         "class": "relapse",
    ...         "min": 0.5,
    ...         "text": "Discuss at the tumour board",
    ...     }
    ... ]
    >>> report = patient_report(model, X[[2]], references=X, rules=rules)
    >>> report.content["recommendations"]["applying"][0]["text"]
    'Discuss at the tumour board'
    >>> report.save("patient.html")  # doctest: +SKIP
    """
    checked = _one_patient(est, X_one)
    cohort = None if references is None else ModelOutputs(est).check(references)
    patient, outcomes = _outputs(est, checked), outcomes_of(est)
    reasons = Reasons.of(est, checked, features, cohort, n_features)
    units = check_units(units, outcomes)
    told = [describe_prediction(one, patient, alpha, times) for one in outcomes]
    add_guarantees(told, conformal, checked, alpha)
    for outcome, said in zip(outcomes, told, strict=True):
        said |= reasons.describe(outcome, said["prediction"])
        said["unit"] = units.get(outcome.name)
    content = _head(est, checked) | {
        "outcomes": told,
        "neighbors": similar_patients(
            est, checked, cohort, y_references, n_neighbors, show_ids
        ),
        "next_modality": what_to_measure(est, checked, outcomes, cohort, costs)
        if next_modality
        else None,
        "recommendations": recommend(rules, Answers(outcomes, patient, checked)),
    }
    content["limits"] = patient_limits(content)
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
    """Return outputs for the patient, and for one of whom nothing is known."""
    predicted = est._model.predict(X, prediction_device(est.device), est.batch_size)
    baseline = est._model.experts.baseline()
    return PatientOutputs(
        predicted.outputs, np.reshape(baseline, (1, -1)), predicted.mask
    )


def _head(est: BaseMagnet, X: MultiModalData) -> dict[str, Any]:
    """Say who the patient is, which modalities are there, and what they lack."""
    known = feature_frame(X)
    rows = []
    for name, seen in zip(X, X.mask[0], strict=True):
        is_table = seen and np.ndim(X[name]) == 2
        n_missing = int(known[name].isna().to_numpy().sum()) if is_table else 0
        rows.append({"name": name, "is_present": seen, "n_missing_values": n_missing})
    return {
        "model": {"estimator": type(est).__name__},
        "patient": {"id": str(X.index[0])},
        "modalities": rows,
    }
