"""model_report: how well a model predicts patients whom it has not seen."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from numbers import Integral, Real
from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils._param_validation import Interval, validate_params

from magnet_sklearn._estimators import BaseMagnet
from magnet_sklearn._training.runtime import prediction_device
from magnet_sklearn.data import MultiModalData
from magnet_sklearn.reports._by_group import check_patients
from magnet_sklearn.reports._card import model_card
from magnet_sklearn.reports._evaluation import calibrate, describe_truth, score_input
from magnet_sklearn.reports._groups import groups_of, pattern_name
from magnet_sklearn.reports._limits import model_limits
from magnet_sklearn.reports._outcomes import Outcome, check_units, outcomes_of
from magnet_sklearn.reports._reasons import modality_rows, unit_of
from magnet_sklearn.reports._report import Report, make_report
from magnet_sklearn.reports._scores import Resampling, score_rows

# Patients of whom little is known have the same data by chance.
_CHANCE = 0.05


@validate_params(
    {
        "units": [Mapping, None],
        "card": [Mapping, None],
        "n_resamples": [Interval(Integral, 1, None, closed="left")],
        "confidence": [Interval(Real, 0, 1, closed="neither")],
        "min_patients": [Interval(Integral, 1, None, closed="left")],
        "random_state": [Interval(Integral, 0, None, closed="left")],
    },
    prefer_skip_nested_validation=True,
)
def model_report(
    est: BaseMagnet,
    X: Any,
    y: Any,
    *,
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
    """Report what a model is, and how well it predicts patients it has not seen.

    Every score comes with a percentile interval of resampled patients. Classes have
    AUROC, log loss and Brier score; numbers the mean absolute error and R2; survival
    times the concordance index.

    Parameters
    ----------
    est : fitted estimator
        Any of the four.
    X : multimodal data of shape (n_patients, n_modalities)
        Patients who were held out of `fit`, also of the choice of parameters. Scores
        of patients whom the model has learned from are too good.
    y : as in `fit`, with n_patients rows
        Their outcomes. Patients with a time of entry (left truncation) count as at risk
        from then on, in scores, calibration and decision curves.
    subgroups : DataFrame or Series of n_patients rows, default=None
        Variables, such as sex and age, by whose values scores are told apart; numbers
        with more than ten values are cut into thirds.
    site : array-like of shape (n_patients,), default=None
        Where the patients come from.
    times : array-like of shape (n_times,), default=None
        Times, in the units of y, at which survival is calibrated. None is the quartiles
        of the event times in `fit`.
    units : dict of str to str, default=None
        Units of numbers and times, by name of the outcome: {"survival": "years"}.
    card : dict of str to str, default=None
        Texts of the authors for the model card, by number of the TRIPOD+AI item [1]_,
        such as {"3b": "Adults with ..."}. What the software does not know and they do
        not say is named as to be filled in.
    n_resamples : int, default=200
        Bootstrap samples of each group.
    confidence : float, default=0.95
        Level of the intervals of scores.
    min_patients : int, default=10
        Smaller groups are counted, but not scored.
    random_state : int, default=0
        Seed of the samples.

    Returns
    -------
    report : Report
        With cohort, scores by pattern, subgroup and site, calibration, decision
        curves, importance of the modalities, who speaks, limits and model card.

    Raises
    ------
    ValueError
        If y, `subgroups` or `site` are of other patients than X, or `card` has an
        unknown item.

    Warns
    -----
    UserWarning
        If more than 5 % of the patients have exactly the data of training patients.

    References
    ----------
    .. [1] G. S. Collins et al., "TRIPOD+AI statement: updated guidance for reporting
       clinical prediction models that use regression or machine learning methods",
       BMJ 385 (2024).

    Examples
    --------
    >>> import numpy as np
    >>> from magnet_sklearn import MagnetClassifier, MultiModalData
    >>> from magnet_sklearn.reports import model_report
    >>> rng = np.random.default_rng(0)
    >>> X = MultiModalData({"rna": rng.normal(size=(90, 3))})
    >>> y = np.where(X["rna"][:, 0] > 0, "relapse", "none")
    >>> model = MagnetClassifier(max_epochs=2, ensemble_size=1, random_state=0)
    >>> model = model.fit(X[:60], y[:60])
    >>> report = model_report(model, X[60:], y[60:], n_resamples=20)
    >>> report.content["outcomes"][0]["scores"][0]["n_patients"]
    30
    >>> report.save("model.html")  # doctest: +SKIP
    """
    checked = check_patients(est, X, y=y, subgroups=subgroups, site=site)
    evaluated = _Evaluated(est, checked)
    groups = groups_of(checked, subgroups, site)
    resampling = Resampling(n_resamples, confidence, min_patients)
    outcomes, units = [], check_units(units, outcomes_of(est))
    for outcome in outcomes_of(est):
        truth, unit = outcome.truth(y), units.get(outcome.name)
        predicted = score_input(outcome, evaluated.outputs)
        scored = outcome.kind, truth, predicted
        scores = score_rows(*scored, groups, resampling, random_state)
        head = {"name": outcome.name, "kind": outcome.kind, "unit": unit}
        described = evaluated.describe(outcome, truth, times, unit)
        outcomes.append(head | {"scores": scores} | described)
    content = {
        "model": _model(est),
        "cohort": _cohort(checked, _n_seen(est, checked)),
        "outcomes": outcomes,
        "who_speaks": _who_speaks(est),
        "resampling": resampling._asdict(),
    }
    content["limits"] = model_limits(content)
    content["card"] = model_card(content, card)
    return make_report("model_report", content)


class _Evaluated:
    """Outputs and contributions of all patients."""

    def __init__(self, est: BaseMagnet, X: MultiModalData):
        predicted = est._model.predict(X, prediction_device(est.device), est.batch_size)
        self.outputs, self.mask = predicted.outputs, predicted.mask
        self.ever_seen = np.asarray(X.mask.any(axis=0))
        self.modalities = est.modalities_
        parts = est.contributions(X).to_numpy()
        self.parts = parts.reshape(len(X), len(self.modalities) + 3, -1)

    def describe(
        self, outcome: Outcome, truth: np.ndarray, times: Any, unit: str | None
    ) -> dict[str, Any]:
        """Return counts, calibration and importance of modalities."""
        known = ~np.isnan(truth.reshape(len(truth), -1)).any(axis=1)
        size = np.abs(self.parts[:, :, outcome.scale]).mean(axis=(0, 2))
        importance = modality_rows(self.modalities, self.ever_seen, size)
        described = {
            "described": describe_truth(outcome, truth[known]),
            "importance": {
                "unit": unit_of(outcome),
                "parts": importance,
            },
        }
        return described | calibrate(
            outcome, truth[known], self.outputs[known], self.mask[known], times, unit
        )


def _n_seen(est: BaseMagnet, X: MultiModalData) -> int:
    """Count patients whom the model has learned from, and warn of them."""
    has_data = X.mask.any(axis=1)
    seen = est._model.holdout.has_seen(est._prepare(X)) & has_data
    if seen.mean() > _CHANCE:
        warnings.warn(
            f"{seen.sum()} of {len(X)} patients have exactly the data of training "
            f"patients, first in row(s) {np.flatnonzero(seen)[:5].tolist()}. If they "
            "are the same, scores are too good: pass patients held out of fit.",
            UserWarning,
            stacklevel=3,
        )
    return int(seen.sum())


def _model(est):
    """Return class and changed parameters."""
    default = type(est)().get_params(deep=False)
    changed = {
        name: " ".join(repr(value).split())[:200]
        for name, value in est.get_params(deep=False).items()
        if value is not default[name] and repr(value) != repr(default[name])
    }
    return {"estimator": type(est).__name__, "parameters": changed}


def _cohort(X, n_seen):
    """Return who the patients are."""
    patterns = X.missingness_patterns()
    counts, observed = patterns.pop("n_patients"), patterns.to_numpy(dtype=bool)
    return {
        "n_patients": len(X),
        "n_in_training": n_seen,
        "modalities": [
            {
                "name": name,
                "n_features": int(np.prod(X[name].shape[1:])),
                "n_present": seen,
            }
            for name, seen in zip(X, X.mask.sum(axis=0), strict=True)
        ],
        "patterns": [
            {"pattern": pattern_name(X, row), "n_patients": n}
            for row, n in zip(observed, counts, strict=True)
        ],
    }


def _who_speaks(est: BaseMagnet) -> list[dict[str, Any]]:
    """Return the rows of the summary, but for seconds."""
    summary: pd.DataFrame = est.summary_
    rows = summary[summary["part"] != "seconds"]
    columns = [map(str, rows["task"]), rows["part"], rows["name"], rows["value"]]
    names = ("task", "part", "name", "value")
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]
