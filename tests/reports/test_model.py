"""How well a model predicts patients whom it has not seen."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from magnet_sklearn.metrics import concordance_index_censored
from magnet_sklearn.reports import model_report

QUICK = {"n_resamples": 5, "min_patients": 3}


@pytest.fixture(scope="module")
def report(several_tasks):
    c = several_tasks
    n = len(c.X_test)
    return model_report(
        c.model,
        c.X_test,
        c.y_test,
        site=pd.Series(np.where(np.arange(n) < 12, "A", "B"), c.X_test.index),
        subgroups=pd.Series(np.resize(["f", "m"], n), c.X_test.index, name="sex"),
        times=[0.5, 1.0],
        card={"3b": "Adults with glioma."},
        **QUICK,
    )


def scores(report, outcome, level="all patients"):
    said = next(o for o in report.content["outcomes"] if o["name"] == outcome)
    row = next(row for row in said["scores"] if row["level"] == level)
    return {score["name"]: score["value"] for score in row["scores"]}


def test_scores_of_all_tasks_are_those_of_the_predictions(several_tasks, report):
    c = several_tasks
    predicted = c.model.predict(c.X_test)
    dose = c.y_test["dose", ""]

    error = (dose - predicted["dose", ""]).abs().mean()
    assert_allclose(scores(report, "dose")["mean absolute error"], error)
    assert_allclose(
        scores(report, "survival")["concordance index"],
        concordance_index_censored(c.y_test["survival"], predicted["survival", ""]),
    )
    p = c.model.predict_proba(c.X_test)["toxicity", "liver"]
    brier = ((p - c.y_test["toxicity", "liver"]) ** 2).mean()
    assert_allclose(scores(report, "toxicity: liver")["Brier score"], brier)


def test_sites_and_subgroups_are_scored(several_tasks, report):
    c = several_tasks
    p = c.model.predict_proba(c.X_test)["toxicity", "liver"]
    squared = (p - c.y_test["toxicity", "liver"]) ** 2

    for level, rows in {
        "A": slice(12),
        "B": slice(12, None),
        "m": slice(1, None, 2),
    }.items():
        found = scores(report, "toxicity: liver", level)["Brier score"]
        assert_allclose(found, squared.iloc[rows].mean())


def test_cohort_and_calibration_of_each_outcome(report):
    content = report.content

    assert content["cohort"]["n_patients"] == 30
    assert sum(row["n_patients"] for row in content["cohort"]["patterns"]) == 30
    labels = [curve["of"] for curve in content["outcomes"][0]["calibration"]]
    assert labels == ["event until 0.5", "event until 1"]
    assert content["outcomes"][-1]["calibration"][0]["of"] == "quantiles"
    assert content["outcomes"][-1]["decision_curves"] == []


def test_the_card_says_what_is_known_and_what_is_not(report):
    card = {item["item"]: item for item in report.content["card"]}

    assert len(card) == 52
    assert card["3b"]["authors"] == "Adults with glioma."
    assert card["17"]["software"] is card["17"]["authors"] is None
    assert "MagnetMultiTask" in card["12c"]["software"]
    assert "ensemble_size=1" in card["12c"]["software"]
    assert card["23b"]["software"] == "See the scores by site."
    assert "To be filled in by the authors" in report.to_html()


def test_training_patients_are_warned_of(binary):
    c = binary
    with pytest.warns(UserWarning, match="60 of 60 patients have exactly the data"):
        report = model_report(c.model, c.X, c.y, **QUICK)

    assert report.content["cohort"]["n_in_training"] == 60
    assert "scores may be too good" in " ".join(report.content["limits"])


def test_order_of_rows_of_new_patients_does_not_change_scores(several_classes):
    c = several_classes
    order = np.random.default_rng(0).permutation(len(c.y_test))

    one = model_report(c.model, c.X_test, c.y_test, **QUICK)
    other = model_report(c.model, c.X_test[order], c.y_test[order], **QUICK)

    assert_allclose(*[[*scores(r, "class").values()] for r in (one, other)])


def test_wrong_input_is_refused(binary):
    c = binary
    with pytest.raises(ValueError, match="site has 3 rows for 30 patients"):
        model_report(c.model, c.X_test, c.y_test, site=["A"] * 3)
    with pytest.raises(ValueError, match="parameter of model_report must be"):
        model_report(c.model, c.X_test, c.y_test, confidence=95)
    with pytest.raises(ValueError, match="ids"):
        model_report(c.model, c.X_test, c.y_test[::-1])
    with pytest.raises(ValueError, match=r"card has the items \['99'\]"):
        model_report(c.model, c.X_test, c.y_test, card={"99": "x"}, **QUICK)
