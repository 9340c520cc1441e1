"""Outcomes of estimators with several labels, numbers or intervals of time."""

import json

import jsonschema
import numpy as np
import pandas as pd
import pytest
from common.instances import TINY, make_patients
from numpy.testing import assert_allclose

from magnet_sklearn import (
    MagnetClassifier,
    MagnetSurvivalAnalysis,
    MultiModalGNNRegressor,
)
from magnet_sklearn.reports import model_report, patient_report
from magnet_sklearn.reports._outcomes import label_text, outcomes_of

QUICK = {**TINY, "ensemble_size": 1, "max_epochs": 1, "experts": "linear"}
X, Y = make_patients(60)
NOISE = np.random.default_rng(0).normal(size=60)


@pytest.fixture(scope="module")
def labels():
    y = np.column_stack([Y, NOISE > 0]).astype(int)
    return MagnetClassifier(**QUICK).fit(X, y), y


@pytest.fixture(scope="module")
def numbers():
    y = np.column_stack([Y + NOISE, NOISE])
    return MultiModalGNNRegressor(**QUICK).fit(X, y), y


@pytest.fixture(scope="module")
def intervals():
    y = pd.DataFrame({"event": NOISE < 0.7, "time": np.exp(NOISE - Y)})
    return MagnetSurvivalAnalysis(model="discrete", **QUICK).fit(X, y), y


def test_each_label_is_an_outcome(labels):
    model, _ = labels

    said = patient_report(model, X[[1]]).content["outcomes"]

    assert [outcome["name"] for outcome in said] == ["0", "1"]
    there = [outcome["probabilities"][1]["probability"] for outcome in said]
    assert_allclose(there, model.predict_proba(X[[1]])[0])


def test_each_number_is_an_outcome(numbers):
    model, _ = numbers

    said = patient_report(model, X[[1]], alpha=0.2).content["outcomes"]

    assert_allclose([o["prediction"] for o in said], model.predict(X[[1]])[0])
    bounds = [[o["interval"]["lower"], o["interval"]["upper"]] for o in said]
    assert_allclose(bounds, model.predict(X[[1]], quantiles=[0.1, 0.9])[0])
    added = [sum(p["value"] for p in o["contributions"]["parts"]) for o in said]
    assert_allclose(
        [o["average"] for o in said] + np.array(added), model.predict(X[[1]])[0]
    )


def test_discrete_survival_has_curves(intervals):
    model, _ = intervals

    (said,) = patient_report(model, X[[1]], times=[0.5]).content["outcomes"]

    expected = model.predict_survival_function(X[[1]], [0.5]).iloc[0, 0]
    assert_allclose(said["horizons"][0]["survival"], expected)


@pytest.mark.parametrize("name", ["labels", "numbers", "intervals"])
def test_reports_of_them_follow_the_schema(name, request):
    model, y = request.getfixturevalue(name)
    patient = patient_report(model, X[[1]])
    with pytest.warns(UserWarning, match="data of training patients"):
        report = model_report(model, X, y, n_resamples=3)

    for made in (patient, report):
        jsonschema.validate(json.loads(made.to_json()), made.schema)
        assert "</html>" in made.to_html()
    assert len(report.content["outcomes"]) == len(outcomes_of(model))


def test_labels_are_written_as_people_do():
    assert [*map(label_text, [1.0, 1.5, np.int64(2), "x", None, True])] == [
        *("1", "1.5", "2", "x", "missing", "True")
    ]
