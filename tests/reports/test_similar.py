"""Nearest training patients in a report."""

import pytest

from magnet_sklearn.explain import neighbor_influence
from magnet_sklearn.reports import patient_report


def test_nearest_patients_have_their_outcomes_and_no_ids(binary):
    c, X = binary, binary.X_test[[2]]

    report = patient_report(c.model, X, references=c.X, y_references=c.y, n_neighbors=3)

    found = neighbor_influence(c.model, X, c.y, 3, references=c.X)
    rows = report.content["neighbors"]
    assert [row["outcomes"][0]["value"] for row in rows] == found["outcome"].tolist()
    assert [row["similarity"] for row in rows] == found["similarity"].tolist()
    assert [row["id"] for row in rows] == [None] * 3
    assert not any(name in report.to_json() for name in found.index)


def test_ids_are_shown_on_request(binary):
    c, X = binary, binary.X_test[[2]]

    report = patient_report(
        c.model, X, references=c.X, y_references=c.y, n_neighbors=2, show_ids=True
    )

    found = neighbor_influence(c.model, X, c.y, 2, references=c.X)
    assert [row["id"] for row in report.content["neighbors"]] == [*found.index]
    assert found.index[0] in report.to_html()


def test_outcomes_of_all_tasks_are_told(several_tasks):
    c = several_tasks

    report = patient_report(c.model, c.X_test[[2]], references=c.X, y_references=c.y)

    told = report.content["neighbors"][0]["outcomes"]
    assert [row["name"] for row in told] == [
        *("survival event", "survival time", "response"),
        *("toxicity skin", "toxicity liver", "dose"),
    ]


def test_other_patients_than_those_of_fit_are_refused(binary):
    c = binary
    with pytest.raises(ValueError, match="training patients"):
        patient_report(c.model, c.X_test[[0]], references=c.X_test, y_references=c.y)
