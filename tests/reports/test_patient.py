"""What a model predicts about one patient, and why."""

import time

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from magnet_sklearn.reports import patient_report


def outcome(report, name):
    return next(o for o in report.content["outcomes"] if o["name"] == name)


def test_probabilities_are_those_of_the_model(binary):
    X = binary.X_test[[2]]

    said = patient_report(binary.model, X).content["outcomes"][0]

    expected = binary.model.predict_proba(X)[0]
    assert [row["class"] for row in said["probabilities"]] == ["relapse", "stable"]
    assert_allclose([row["probability"] for row in said["probabilities"]], expected)
    assert said["prediction"] == binary.model.predict(X)[0]


def test_all_tasks_are_in_one_report(several_tasks):
    c = several_tasks
    X = c.X_test[[3]]

    report = patient_report(c.model, X, times=[0.5, 1.0], alpha=0.2)

    names = ["survival", "response", "toxicity: skin", "toxicity: liver", "dose"]
    assert [o["name"] for o in report.content["outcomes"]] == names
    proba, numbers = c.model.predict_proba(X), c.model.predict(X, quantiles=[0.1, 0.9])
    liver = outcome(report, "toxicity: liver")["probabilities"][1]
    assert_allclose(liver["probability"], proba["toxicity", "liver"])
    dose = outcome(report, "dose")
    assert_allclose(
        [dose["interval"]["lower"], dose["interval"]["upper"]], numbers["dose"].iloc[0]
    )
    survival = c.model.predict_survival_function(X, [0.5, 1.0])["survival"].iloc[0]
    horizons = outcome(report, "survival")["horizons"]
    assert_allclose([row["survival"] for row in horizons], survival)


def test_contributions_sum_to_the_output(several_tasks):
    c = several_tasks
    X = c.X_test[[3]]

    report = patient_report(c.model, X)

    dose = outcome(report, "dose")
    added = sum(row["value"] for row in dose["contributions"]["parts"])
    assert_allclose(dose["average"] + added, c.model.predict(X)[("dose", "")].iloc[0])
    survival = outcome(report, "survival")
    added = sum(row["value"] for row in survival["contributions"]["parts"])
    assert_allclose(survival["hazard_ratio"], np.exp(added))


def test_missing_modalities_are_named_and_have_no_influence(binary):
    place = int(np.flatnonzero(~binary.X_test.mask[:, 0])[0])

    content = patient_report(binary.model, binary.X_test[[place]]).content

    rna = content["outcomes"][0]["contributions"]["parts"][0]
    assert (rna["part"], rna["is_present"], rna["value"]) == ("rna", False, 0.0)
    assert any("made without rna" in limit for limit in content["limits"])


def test_a_patient_without_data_gets_the_average(binary):
    X = {"rna": np.full((1, 6), np.nan)}

    content = patient_report(binary.model, X).content

    rows = content["outcomes"][0]["probabilities"]
    assert_allclose(*[[row[key] for row in rows] for key in ("probability", "average")])
    assert any("No data of this patient" in limit for limit in content["limits"])


def test_a_report_takes_less_than_a_second(several_tasks):
    c = several_tasks
    patient_report(c.model, c.X[[0]])  # templates and libraries are loaded once
    start = time.process_time()

    patient_report(c.model, c.X[[1]], references=c.X, y_references=c.y).to_html()

    assert time.process_time() - start < 1


def test_wrong_input_is_refused(binary):
    with pytest.raises(ValueError, match=r"X_one has 30 patients; .* X\[\[row\]\]"):
        patient_report(binary.model, binary.X_test)
    for wrong in ({"alpha": 2}, {"n_neighbors": 0}, {"show_ids": "no"}):
        with pytest.raises(ValueError, match="parameter of patient_report must be"):
            patient_report(binary.model, binary.X_test[[0]], **wrong)
    with pytest.raises(ValueError, match="units has the outcomes 'dose'; .* 'class'"):
        patient_report(binary.model, binary.X_test[[0]], units={"dose": "mg"})
    with pytest.raises(TypeError, match="Only the estimators of magnet_sklearn"):
        patient_report(pd.DataFrame(), binary.X_test[[0]])
