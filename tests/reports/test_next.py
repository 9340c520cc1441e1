"""What to measure next."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from magnet_sklearn.explain import next_modality
from magnet_sklearn.reports import patient_report


@pytest.fixture(scope="module")
def patient(several_tasks):
    """A patient of whom only rna is known."""
    mask = several_tasks.X_test.mask
    return several_tasks.X_test[
        [int(np.flatnonzero((mask == [True, False, False]).all(1))[0])]
    ]


def test_missing_modalities_are_ranked_for_each_outcome(several_tasks, patient):
    c = several_tasks

    report = patient_report(c.model, patient, references=c.X, next_modality=True)

    rows = report.content["next_modality"]
    expected = next_modality(c.model, patient, references=c.X).iloc[0]
    assert [row["modality"] for row in rows if row["outcome"] == "dose"] == [
        *expected["dose"].dropna().sort_values(ascending=False).index
    ]
    for row in rows:
        assert_allclose(row["gain"], expected[row["outcome"], row["modality"]])
    assert "What to measure next" in report.to_html()


def test_gain_is_divided_by_cost(several_tasks, patient):
    c, costs = several_tasks, {"rna": 1.0, "protein": 100.0, "clinical": 2.0}

    report = patient_report(
        c.model, patient, references=c.X, next_modality=True, costs=costs
    )

    for row in report.content["next_modality"]:
        assert_allclose(row["gain_per_cost"], row["gain"] / costs[row["modality"]])


def test_it_needs_references(several_tasks, patient):
    with pytest.raises(ValueError, match="next_modality needs .* Pass references"):
        patient_report(several_tasks.model, patient, next_modality=True)
