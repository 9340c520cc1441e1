"""Calibration in the large of each outcome, from the predictions."""

import numpy as np
import pytest

from magnet_sklearn.reports._by_group import model_outputs
from magnet_sklearn.reports._large import large_rows
from magnet_sklearn.reports._outcomes import outcomes_of


def _rows(cohort, times=None):
    outputs = model_outputs(cohort.model, cohort.X_test)
    outcomes = outcomes_of(cohort.model)
    return [*large_rows(outcomes, outputs, cohort.y_test, times, 0.95)]


def test_two_classes_are_one_row_and_several_one_each(binary, several_classes):
    (row,) = _rows(binary)

    expected = binary.model.predict_proba(binary.X_test)[:, 1].mean()
    assert row["of"] == "stable"
    assert row["expected"] == pytest.approx(expected)
    assert row["observed"] == (binary.y_test == "stable").mean()
    assert [row["of"] for row in _rows(several_classes)] == ["high", "low", "mid"]


def test_all_tasks_but_numbers_have_rows(several_tasks):
    rows = _rows(several_tasks, times=[0.5, 1.0])

    survival = [row for row in rows if row["outcome"] == "survival"]
    assert [row["of"] for row in survival] == ["event until 0.5", "event until 1"]
    assert all(np.isfinite(row["ratio"]) for row in survival)
    assert {row["outcome"] for row in rows} == {
        "survival",
        "response",
        "toxicity: skin",
        "toxicity: liver",
    }
