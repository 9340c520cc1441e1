"""Scores by group, with intervals."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from sklearn import metrics

from magnet_sklearn.metrics import concordance_index_censored
from magnet_sklearn.reports._groups import Group
from magnet_sklearn.reports._scores import SCORES, Resampling, score_rows

RNG = np.random.default_rng(0)
Y2, Y3 = RNG.integers(2, size=60), RNG.integers(3, size=60)
P2, P3 = RNG.dirichlet([1, 1], 60), RNG.dirichlet([1, 1, 1], 60)
NUMBERS = RNG.normal(size=(2, 60))


@pytest.mark.parametrize(
    ("kind", "name", "truth", "predicted", "expected"),
    [
        ("classification", "AUROC", Y2, P2, metrics.roc_auc_score(Y2, P2[:, 1])),
        (
            "classification",
            "AUROC",
            Y3,
            P3,
            metrics.roc_auc_score(Y3, P3, multi_class="ovr"),
        ),
        ("classification", "log loss", Y3, P3, metrics.log_loss(Y3, P3)),
        (
            "classification",
            "Brier score",
            Y2,
            P2,
            metrics.brier_score_loss(Y2, P2[:, 1]),
        ),
        ("classification", "Brier score", Y3, P3, metrics.brier_score_loss(Y3, P3)),
        (
            "number",
            "mean absolute error",
            *NUMBERS,
            metrics.mean_absolute_error(*NUMBERS),
        ),
        ("number", "R2", *NUMBERS, metrics.r2_score(*NUMBERS)),
    ],
)
def test_scores_equal_scikit_learns(kind, name, truth, predicted, expected):
    assert_allclose(SCORES[kind][name](truth, predicted), expected)


def test_concordance_is_that_of_the_metrics_with_times_of_entry():
    time, risk = np.abs(NUMBERS[0]), NUMBERS[1]
    entry = np.where(np.arange(len(time)) % 2, time / 2, 0.0)
    truth = np.column_stack([Y2, time, entry])
    y = pd.DataFrame({"event": Y2, "time": time, "entry": entry})

    found = SCORES["survival"]["concordance index"](truth, risk)

    assert_allclose(found, concordance_index_censored(y, risk))


def test_what_cannot_be_scored_is_nan():
    nobody = np.zeros((3, 2)) + [0, 1]

    assert np.isnan(SCORES["classification"]["AUROC"](np.zeros(3), P2[:3]))
    assert np.isnan(SCORES["number"]["R2"](np.ones(3), np.zeros(3)))
    assert np.isnan(SCORES["survival"]["concordance index"](nobody, np.zeros(3)))


def rows_of(truth, predicted, groups, min_patients=1, n_resamples=200):
    resampling = Resampling(n_resamples, 0.9, min_patients)
    return score_rows("number", truth, predicted, groups, resampling, 0)


def test_intervals_are_about_as_wide_as_the_standard_error_says():
    truth = np.random.default_rng(1).normal(size=400)
    group = Group("all", "", np.arange(400))

    score = rows_of(truth, np.zeros(400), [group], n_resamples=2000)[0]["scores"][0]

    error = np.abs(truth).std() / np.sqrt(400)
    assert_allclose(score["value"], np.abs(truth).mean())
    assert_allclose(score["upper"] - score["lower"], 2 * 1.645 * error, rtol=0.1)


def test_patients_without_outcome_do_not_count_and_small_groups_are_not_scored():
    truth = np.array([1.0, 2.0, np.nan, 4.0])
    groups = [Group("all", "", np.arange(4)), Group("site", "A", np.array([0, 2]))]

    everyone, site = rows_of(truth, np.zeros(4), groups, min_patients=2)

    assert (everyone["n_patients"], site["n_patients"]) == (3, 1)
    assert_allclose(everyone["scores"][0]["value"], 7 / 3)
    assert np.isnan(site["scores"][0]["value"])
