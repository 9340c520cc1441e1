"""`magnet-sklearn predict`, against the estimators."""

import shutil

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from magnet_sklearn import MultiModalData


@pytest.fixture
def predict(run, fitted, folder, tmp_path):
    """Predict, and return the estimator, the patients and the tables written."""

    def run_predict(kind, *options):
        model, file = fitted(kind)
        out, parts = tmp_path / "out.csv", tmp_path / "parts.csv"
        arguments = ("--out", out, "--contributions", parts, *options)
        status, _, err = run("predict", file, folder, *arguments)
        assert status == 0, err
        X, _ = MultiModalData.from_folder(folder)
        tables = (pd.read_csv(path, index_col="patient") for path in (out, parts))
        return model, X, *tables

    return run_predict


def test_classes_are_those_of_the_estimator(predict):
    model, X, table, parts = predict("classes")

    assert table.index.equals(X.index.rename("patient"))
    assert table["class"].tolist() == model.predict(X).tolist()
    probability = [f"class_probability_{name}" for name in model.classes_]
    assert_allclose(table[probability], model.predict_proba(X))
    log_odds = np.log(table[probability[1]] / table[probability[0]])
    assert_allclose(parts.sum(axis=1), log_odds, atol=1e-8)


def test_numbers_and_intervals_are_those_of_the_estimator(predict):
    model, X, table, parts = predict("numbers", "--interval", "0.8")

    assert_allclose(table["value"], model.predict(X))
    bounds = model.predict(X, quantiles=[0.1, 0.9])
    assert_allclose(table[["value_lower", "value_upper"]], bounds)
    assert_allclose(parts.sum(axis=1), table["value"])


def test_survival_at_given_times_is_that_of_the_estimator(predict):
    model, X, table, _ = predict("survival", "--times", "0.2", "1")

    assert_allclose(table["survival_risk"], model.predict(X))
    survival = model.predict_survival_function(X, [0.2, 1.0])
    assert_allclose(table[["survival_at_0.2", "survival_at_1"]], survival)


def test_all_tasks_are_in_one_table(predict):
    model, X, table, parts = predict("several", "--times", "1")

    expected = model.predict(X)
    assert table["grade"].tolist() == expected["grade"].tolist()
    assert_allclose(table[["size", "os_risk"]], expected[["size", "os"]].astype(float))
    assert_allclose(
        table[["grade_probability_high", "grade_probability_low"]],
        model.predict_proba(X)["grade"][["high", "low"]],
    )
    own = parts.loc[:, [name.endswith(": size") for name in parts]]
    assert_allclose(own.sum(axis=1), table["size"])


def test_labels_are_not_needed(run, fitted, folder, tmp_path):
    model, file = fitted("classes")
    unlabelled = tmp_path / "new"
    shutil.copytree(folder, unlabelled)
    (unlabelled / "labels.csv").unlink()

    status, _, err = run("predict", file, unlabelled, "--out", tmp_path / "out.csv.gz")

    assert status == 0, err
    table = pd.read_csv(tmp_path / "out.csv.gz", index_col="patient")
    X, _ = MultiModalData.from_folder(unlabelled, labels=None)
    assert_allclose(table.filter(like="probability"), model.predict_proba(X))


def test_modalities_that_are_not_read_count_as_missing(predict):
    model, X, table, _ = predict("numbers", "--modalities", "rna")

    with pytest.warns(UserWarning, match="no observed modality"):
        expected = model.predict({"rna": X["rna"]})
    assert_allclose(table["value"], expected)


def test_options_of_other_outcomes_are_refused(run, fitted, folder, tmp_path):
    _, file = fitted("classes")
    for option, value, what in [
        ("--times", "1", "survival times"),
        ("--interval", "0.9", "numbers"),
    ]:
        status, _, err = run(
            "predict", file, folder, "--out", tmp_path / "out.csv", option, value
        )
        assert status == 1
        assert f"{option} is for {what}" in err
    assert not (tmp_path / "out.csv").exists()
