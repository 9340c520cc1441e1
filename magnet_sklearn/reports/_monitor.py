"""monitor: whether a model still fits the patients who come now."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import norm

from magnet_sklearn._estimators import BaseMagnet
from magnet_sklearn.data import MultiModalData
from magnet_sklearn.metrics import (
    check_pair,
    largest_by_chance,
    maximum_mean_discrepancy,
    pattern_stability,
    population_stability_index,
)
from magnet_sklearn.reports._by_group import check_patients, model_outputs, scored
from magnet_sklearn.reports._groups import Group
from magnet_sklearn.reports._large import large_rows
from magnet_sklearn.reports._outcomes import label_text, outcomes_of
from magnet_sklearn.reports._scores import Resampling

_LARGE = 0.25  # index of stability
_N_COLUMNS = 5  # of each modality that are shown
_LOWER_IS_BETTER = ("log loss", "Brier score", "mean absolute error")
_REMEDY = {
    "missing patterns": "Ask why modalities are missing more or less often than before;"
    " score by pattern (scores_by_group).",
    "values": "Check laboratory, units and preprocessing of this modality; score the "
    "new patients; fit again if the change stays.",
    "column": "Check unit, coding and missing values of this column.",
    "score": "Find the group that the model fails (scores_by_group); fit again with new"
    " patients.",
    "calibration": "Recalibrate with new patients (metrics.RecalibrationInTheLarge).",
}
_COLUMNS = [
    "period",
    "what",
    "of",
    "measure",
    "value",
    "threshold",
    "alert",
    "n_patients",
    "remedy",
]


def monitor(
    est: BaseMagnet | None,
    X_reference: Any,
    X_new: Any,
    y_reference: Any = None,
    y_new: Any = None,
    *,
    period: Any = None,
    times: Any = None,
    alpha: float = 0.05,
    n_permutations: int = 500,
    n_resamples: int = 200,
    random_state: int = 0,
) -> pd.DataFrame:
    """Compare new patients with those a model was validated on: a table of alerts.

    Missing patterns and columns by the population stability index (an alert from 0.25
    on, or from what chance allows with few patients), the values of each modality by
    the maximum mean discrepancy; with outcomes also scores, and calibration in the
    large. In each period and family of tests, `alpha` is shared by the tests
    (Bonferroni).

    Parameters
    ----------
    est : fitted estimator or None
        Any of the four; without one, only the data are compared.
    X_reference : multimodal data of shape (n_reference, n_modalities)
        Patients to compare with, held out of `fit` if scores are compared.
    X_new : multimodal data of shape (n_new, n_modalities)
        New patients.
    y_reference, y_new : as in `fit`, default=None
        Outcomes. Scores need both to raise an alert, calibration those of the new.
    period : array-like of shape (n_new,), default=None
        Period, or site, of each new patient: each is compared on its own.
    times : array-like of shape (n_times,), default=None
        Times at which survival is calibrated; None is the quartiles of event times.
    alpha : float, default=0.05
        Probability of a false alert in a family of tests.
    n_permutations, n_resamples : int, default=500, 200
        Exchanges of patients for p-values, and bootstrap samples for scores.
    random_state : int, default=0
        Seed.

    Returns
    -------
    alerts : DataFrame
        Columns `period`, `what` ("missing patterns", "values", "column", "score",
        "calibration"), `of` (modality, column or outcome), `measure`, `value`,
        `threshold` (NaN if there is nothing to compare with), `alert`, `n_patients`
        (new), `remedy` ("" without an alert). Of each modality the five columns with
        the largest index are shown.

    Raises
    ------
    ValueError
        If lengths differ, or `X_new` has a modality or column the reference lacks.

    Examples
    --------
    >>> import numpy as np
    >>> from magnet_sklearn.reports import monitor
    >>> rng = np.random.default_rng(0)
    >>> old = {"rna": rng.normal(size=(200, 2)), "age": rng.normal(size=(200, 1))}
    >>> new = {"rna": rng.normal(size=(150, 2)), "age": rng.normal(2, size=(150, 1))}
    >>> alerts = monitor(None, old, new)
    >>> alerts.loc[alerts["alert"], ["what", "of"]].values.tolist()
    [['values', 'age'], ['column', 'age: age_0']]
    """
    if est is None:
        reference, new = check_pair(X_reference, X_new)
    else:
        reference = check_patients(est, X_reference, y=y_reference)
        new = check_patients(est, X_new, y=y_new, period=period)
    rows = []
    for name, places in _periods(period, len(new)):
        part = new[places]
        told = [
            *_patterns(reference, part, alpha),
            *_values(reference, part, alpha, n_permutations, random_state),
            *_columns(reference, part, alpha),
        ]
        rows += [{"period": name, "n_patients": len(part), **row} for row in told]
    if est is not None and y_new is not None:
        resampling = Resampling(n_resamples, 0.95, 10)
        pair = (reference, y_reference), (new, y_new)
        rows += _scores(est, pair, period, resampling, alpha, random_state)
        rows += _calibration(est, new, y_new, period, times, alpha)
    table = pd.DataFrame(rows)
    alerts = table["alert"].to_numpy(dtype=bool)
    table["remedy"] = table["what"].map(_REMEDY).where(alerts, "")
    return table[_COLUMNS].sort_values("period", kind="stable", ignore_index=True)


def _periods(period: Any, n: int) -> list[tuple[str, np.ndarray]]:
    """Return name and places of the patients of each period."""
    if period is None:
        return [("all", np.arange(n))]
    if len(period) != n:
        raise ValueError(f"period has {len(period)} rows for {n} patients.")
    code, names = pd.factorize(pd.Series(np.asarray(period)), sort=True)
    places = [np.flatnonzero(code == number) for number in range(len(names))]
    return [*zip(map(label_text, names), places, strict=True)]


def _row(what, of, measure, value, threshold, is_worse):
    return {
        "what": what,
        "of": of,
        "measure": measure,
        "value": value,
        "threshold": threshold,
        "alert": bool(is_worse),
    }


def _patterns(
    reference: MultiModalData, new: MultiModalData, alpha: float
) -> Iterator[dict[str, Any]]:
    psi, _, n_bins = pattern_stability(reference, new)
    chance = largest_by_chance(n_bins, len(reference), len(new), alpha)
    yield _psi_row("missing patterns", "all modalities", psi, chance)


def _psi_row(what: str, of: str, psi: float, chance: float) -> dict[str, Any]:
    threshold = max(_LARGE, chance)
    return _row(what, of, "PSI", psi, threshold, psi >= threshold)


def _values(reference, new, alpha, n_permutations, random_state):
    table = maximum_mean_discrepancy(
        reference, new, n_permutations=n_permutations, random_state=random_state
    )
    level = alpha / max(table["p_value"].notna().sum(), 1)
    for name, p_value in table["p_value"].items():
        yield _row("values", name, "p of MMD", p_value, level, p_value < level)


def _columns(reference, new, alpha):
    table = population_stability_index(reference, new)
    level = alpha / max(table["psi"].notna().sum(), 1)
    for name in reference:
        own = table[table["modality"] == name].head(_N_COLUMNS)
        for row in own.itertuples():
            n, m = row.n_reference, row.n_new
            chance = largest_by_chance(row.n_bins, n, m, level) if n and m else np.nan
            yield _psi_row("column", f"{name}: {row.feature}", row.psi, chance)


def _scores(est, pair, period, resampling, alpha, random_state):
    """Yield scores; an alert where one is worse than the reference beyond chance."""
    (reference, y_reference), (new, y_new) = pair
    before = {}
    if y_reference is not None:
        everybody = [Group("all", "all", np.arange(len(reference)))]
        told = scored(est, reference, y_reference, everybody, resampling, random_state)
        before = {(row["outcome"], row["score"]): row for row in told}
    level = alpha / max(len(before), 1)
    groups = [Group("period", *part) for part in _periods(period, len(new))]
    for row in scored(est, new, y_new, groups, resampling, random_state):
        expected = before.get((row["outcome"], row["score"]))
        sign = -1 if row["score"] in _LOWER_IS_BETTER else 1
        threshold = np.nan if expected is None else _allowed(expected, row, sign, level)
        is_worse = sign * row["value"] < sign * threshold
        measured = row["outcome"], row["score"], row["value"]
        told = _row("score", *measured, threshold, is_worse)
        yield {"period": row["level"], "n_patients": row["n_patients"], **told}


def _allowed(before, now, sign, alpha):
    """Return the score that is reached by chance; widths of intervals say how far."""
    widths = [row["upper"] - row["lower"] for row in (before, now)]
    errors = np.array(widths) / (2 * norm.ppf(0.975))
    return before["value"] - sign * norm.isf(alpha) * np.hypot(*errors)


def _calibration(est, new, y_new, period, times, alpha):
    """Yield intercepts, or ratios of survival, that are not right beyond chance."""
    outputs, outcomes = model_outputs(est, new), outcomes_of(est)
    for name, places in _periods(period, len(new)):
        y = y_new.iloc[places] if hasattr(y_new, "iloc") else np.asarray(y_new)[places]
        part = outputs[places]
        n_tests = max(len([*large_rows(outcomes, part, y, times, 0.95)]), 1)
        for row in large_rows(outcomes, part, y, times, 1 - alpha / n_tests):
            measure, right = "intercept", 0.0
            if np.isnan(row["intercept"]):
                measure, right = "ratio", 1.0
            outside = row[f"{measure}_lower"] > right or row[f"{measure}_upper"] < right
            of = f"{row['outcome']}: {row['of']}"
            told = _row("calibration", of, measure, row[measure], right, outside)
            yield {"period": name, "n_patients": int(row["n_patients"]), **told}
