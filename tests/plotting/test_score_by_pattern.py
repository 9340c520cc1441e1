"""Scores of patients with the same observed modalities."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.metrics import accuracy_score, roc_auc_score

from magnet_sklearn.plotting import ScoreByPatternDisplay
from magnet_sklearn.plotting._patterns import missing_patterns


def share(y, said):
    """Accuracy, without the checks that take most of its time."""
    return np.mean(y == said)


@pytest.fixture
def cohort():
    rng = np.random.default_rng(0)
    there = rng.random((120, 2)) < [0.9, 0.6]
    there[~there.any(axis=1), 0] = True
    X = {
        name: np.where(there[:, [place]], 1.0, np.nan)
        for place, name in enumerate(["rna", "age"])
    }
    y = rng.integers(0, 2, 120)
    return X, y, np.where(rng.random(120) < 0.8, y, 1 - y)


def test_scores_are_those_of_each_pattern(cohort, texts):
    X, y, said = cohort
    patterns = missing_patterns(X)

    display = ScoreByPatternDisplay.from_predictions(
        X, y, said, min_patients=2, n_resamples=5
    )

    for code, name in enumerate(patterns.names):
        rows = patterns.codes == code
        expected = accuracy_score(y[rows], said[rows])
        assert_allclose(display.scores.loc[name, "score"], expected)
        assert display.scores.loc[name, "n_patients"] == rows.sum()
    x = display.ax_.collections[1].get_offsets()[:, 0]
    assert_allclose(x, display.scores["score"])
    assert texts(display.ax_.yaxis)[0].split() == ["all", "patients", "(n", "=", "120)"]


def test_interval_is_that_of_a_share(cohort):
    X, y, said = cohort

    display = ScoreByPatternDisplay.from_predictions(
        X, y, said, metric=share, n_resamples=1000
    )

    row = display.scores.loc["all patients"]
    half = 1.96 * np.sqrt(row["score"] * (1 - row["score"]) / 120)
    assert_allclose(row["upper"] - row["lower"], 2 * half, rtol=0.15)


def test_interval_of_very_many_patients_is_as_narrow_as_they_allow():
    n_patients = 20_000
    said = np.random.default_rng(0).random(n_patients) < 0.8
    X = {"rna": np.ones((n_patients, 1))}

    display = ScoreByPatternDisplay.from_predictions(
        X, np.ones(n_patients, bool), said, metric=share, n_resamples=300
    )

    row = display.scores.loc["all patients"]
    half = 1.96 * np.sqrt(0.8 * 0.2 / n_patients)
    assert_allclose(row["upper"] - row["lower"], 2 * half, rtol=0.2)


def test_rare_patterns_are_put_together(cohort):
    X, y, said = cohort

    display = ScoreByPatternDisplay.from_predictions(
        X, y, said, metric=share, min_patients=20
    )

    counts = missing_patterns(X).counts
    assert (
        display.scores.loc["other patterns", "n_patients"] == counts[counts < 20].sum()
    )


def test_a_pattern_with_one_class_has_no_area(cohort):
    X, y, said = cohort
    only_rna = np.isnan(X["age"][:, 0])
    y = np.where(only_rna, 1, y)

    display = ScoreByPatternDisplay.from_predictions(
        X, y, said, metric=roc_auc_score, min_patients=2, n_resamples=5
    )

    assert np.isnan(display.scores.loc["rna", "score"])
    assert display.label == "roc auc"


def test_what_the_metric_refuses_is_an_error(cohort):
    X, y, said = cohort

    with pytest.raises(ValueError, match="continuous"):
        ScoreByPatternDisplay.from_predictions(X, y, said + 0.5)
    with pytest.raises(ValueError, match="120 patients, y_true 120 and y_pred 5"):
        ScoreByPatternDisplay.from_predictions(X, y, said[:5])
