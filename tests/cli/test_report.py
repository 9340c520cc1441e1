"""`magnet-sklearn report`, against the functions of `reports`."""

import json

import numpy as np
import pytest

from magnet_sklearn import MultiModalData
from magnet_sklearn.reports import model_report, patient_report

SEEN = "ignore:.*have exactly the data of training"


@pytest.fixture
def report(run, fitted, folder, tmp_path):
    """Write a report; return the estimator and its content."""

    def run_report(kind, *options):
        model, file = fitted(kind)
        out = tmp_path / "report.json"
        status, _, err = run("report", file, folder, "--out", out, *options)
        assert status == 0, err
        return model, json.loads(out.read_text())

    return run_report


def scores(content):
    """All scores of a report, by outcome."""
    return {one["name"]: one["scores"] for one in content["outcomes"]}


@pytest.mark.filterwarnings(SEEN)
@pytest.mark.parametrize(
    ("kind", "columns", "options"),
    [
        ("classes", "grade", ["--target", "grade"]),
        ("numbers", "size", ["--target", "size"]),
        ("survival", ["event", "time"], []),
    ],
)
def test_a_report_of_a_model_has_the_scores_of_model_report(
    report, folder, kind, columns, options
):
    model, content = report(kind, "--subgroups", "sex", "--site", "sex", *options)

    X, labels = MultiModalData.from_folder(folder)
    subgroups, site = labels[["sex"]], labels["sex"]
    expected = model_report(model, X, labels[columns], subgroups=subgroups, site=site)
    assert scores(content) == scores(json.loads(expected.to_json()))


@pytest.mark.filterwarnings(SEEN)
def test_tasks_are_found_by_name(report, fitted, folder, run, tmp_path):
    _, file = fitted("several")
    status, _, err = run("report", file, folder, "--out", tmp_path / "r.json")
    assert status == 1
    assert "no column of the tasks 'os'" in err

    _, labels = MultiModalData.from_folder(folder)
    renamed = labels.rename(columns={"event": "os: event", "time": "os: time"})
    renamed.drop(columns="sex").to_csv(tmp_path / "labels.csv", index_label="id")
    for file_ in folder.glob("*.csv"):
        if file_.name != "labels.csv":
            (tmp_path / file_.name).write_bytes(file_.read_bytes())
    status, _, err = run("report", file, tmp_path, "--out", tmp_path / "r.json")
    assert status == 0, err
    content = json.loads((tmp_path / "r.json").read_text())
    assert [one["name"] for one in content["outcomes"]] == ["grade", "size", "os"]


@pytest.mark.filterwarnings(SEEN)
def test_patients_without_outcome_are_left_out(run, fitted, folder, tmp_path):
    _, file = fitted("classes")
    _, labels = MultiModalData.from_folder(folder)
    labels.iloc[:7, 0] = np.nan
    labels.to_csv(tmp_path / "labels.csv", index_label="id")
    (tmp_path / "rna.csv").write_bytes((folder / "rna.csv").read_bytes())
    out = tmp_path / "r.json"

    status, _, err = run("report", file, tmp_path, "--target", "grade", "--out", out)

    assert status == 0, err
    assert "7 of 90 patients without outcome left out" in err
    assert json.loads(out.read_text())["cohort"]["n_patients"] == 83


def test_a_report_of_a_patient_is_that_of_patient_report(report, folder):
    model, content = report(
        "survival", "--patient", "Patient-70", "--units", "survival=years"
    )

    X, _ = MultiModalData.from_folder(folder)
    row = X.index.get_loc("Patient-70")
    expected = patient_report(model, X[[row]], units={"survival": "years"})
    assert content == json.loads(expected.to_json())


def test_columns_of_outcome_have_to_be_named_or_found(run, fitted, folder, tmp_path):
    _, file = fitted("classes")
    out = tmp_path / "r.html"

    for options, reason in [
        ((), "have 'grade', 'size'"),
        (("--target", "stage"), "--target names 'stage'"),
        (("--target", "grade", "--site", "town"), "--site names 'town'"),
    ]:
        status, _, err = run("report", file, folder, "--out", out, *options)
        assert status == 1
        assert reason in err
    assert not out.exists()
