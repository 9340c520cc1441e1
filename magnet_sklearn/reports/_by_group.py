"""scores_by_group: a table of scores by missing pattern, subgroup and period."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from magnet_sklearn._estimators import BaseMagnet
from magnet_sklearn._training.runtime import prediction_device
from magnet_sklearn.data import MultiModalData
from magnet_sklearn.explain import ModelOutputs
from magnet_sklearn.reports._evaluation import score_input
from magnet_sklearn.reports._groups import Group, groups_of
from magnet_sklearn.reports._outcomes import Outcome, outcomes_of
from magnet_sklearn.reports._scores import Resampling, score_rows


def scores_by_group(
    est: BaseMagnet,
    X: Any,
    y: Any,
    *,
    subgroups: Any = None,
    site: Any = None,
    n_resamples: int = 200,
    confidence: float = 0.95,
    min_patients: int = 10,
    random_state: int = 0,
) -> pd.DataFrame:
    """Score a model by missing pattern, subgroup and site or period, as a table.

    These are the scores of :func:`model_report`. What differs between subgroups by more
    than its intervals is a question of fairness, or of data.

    Parameters
    ----------
    est : fitted estimator
        Any of the four.
    X : multimodal data of shape (n_patients, n_modalities)
        Patients who were held out of `fit`.
    y : as in `fit`, with n_patients rows
        Their outcomes.
    subgroups : DataFrame or Series of n_patients rows, default=None
        Variables, such as sex, age or the year of admission; numbers with more than ten
        values are cut into thirds.
    site : array-like of shape (n_patients,), default=None
        Where the patients come from.
    n_resamples : int, default=200
        Bootstrap samples of each group.
    confidence : float, default=0.95
        Level of the intervals.
    min_patients : int, default=10
        Smaller groups are counted, but not scored (NaN).
    random_state : int, default=0
        Seed of the samples.

    Returns
    -------
    table : DataFrame
        Columns outcome, group ("all", "pattern", a subgroup, "site"), level,
        n_patients, score, value, lower and upper.

    Raises
    ------
    ValueError
        If y, `subgroups` or `site` are of other patients than X.

    Examples
    --------
    >>> import numpy as np
    >>> from magnet_sklearn import MagnetClassifier, MultiModalData
    >>> from magnet_sklearn.reports import scores_by_group
    >>> rng = np.random.default_rng(0)
    >>> X = MultiModalData({"rna": rng.normal(size=(90, 3))})
    >>> y = X["rna"][:, 0] > 0
    >>> model = MagnetClassifier(max_epochs=2, ensemble_size=1, random_state=0)
    >>> model = model.fit(X[:60], y[:60])
    >>> site = np.repeat(["A", "B"], 15)
    >>> table = scores_by_group(model, X[60:], y[60:], site=site, n_resamples=20)
    >>> table.loc[table["group"] == "site", "level"].unique().tolist()
    ['A', 'B']
    """
    checked = check_patients(est, X, y=y, subgroups=subgroups, site=site)
    groups = groups_of(checked, subgroups, site)
    resampling = Resampling(n_resamples, confidence, min_patients)
    rows = scored(est, checked, y, groups, resampling, random_state)
    return pd.DataFrame(rows)


def check_patients(est: BaseMagnet, X: Any, **beside: Any) -> MultiModalData:
    """Check patients, and refuse what is not of them."""
    checked = ModelOutputs(est).check(X)
    for name, values in beside.items():
        if values is not None and len(values) != len(checked):
            raise ValueError(
                f"{name} has {len(values)} rows for {len(checked)} patients."
            )
    est._check_patients(X, **beside)
    return checked


def model_outputs(est: BaseMagnet, X: MultiModalData) -> np.ndarray:
    """Return outputs for checked patients; of empty ones reports tell themselves."""
    device = prediction_device(est.device)
    return est._model.predict(X, device, est.batch_size).outputs


def scored(
    est: BaseMagnet,
    X: MultiModalData,
    y: Any,
    groups: list[Group],
    resampling: Resampling,
    random_state: int,
) -> list[dict[str, Any]]:
    """Return a row for each outcome, group and score."""
    outputs = model_outputs(est, X)
    return [
        {
            "outcome": outcome.name,
            **{name: row[name] for name in ("group", "level", "n_patients")},
            "score": score["name"],
            **{name: score[name] for name in ("value", "lower", "upper")},
        }
        for outcome in outcomes_of(est)
        for row in _rows(outcome, outputs, y, groups, resampling, random_state)
        for score in row["scores"]
    ]


def _rows(outcome: Outcome, outputs, y, groups, resampling, random_state):
    truth, predicted = outcome.truth(y), score_input(outcome, outputs)
    return score_rows(outcome.kind, truth, predicted, groups, resampling, random_state)
