"""Resources say what the estimator predicts, and are valid in FHIR R4."""

import json
from datetime import datetime

import numpy as np
import pandas as pd
import pytest
from common.cohorts import make_patients
from common.instances import TINY, target_for
from numpy.testing import assert_allclose

from magnet_sklearn import (
    MagnetClassifier,
    MagnetMultiTask,
    MagnetSurvivalAnalysis,
    MultiModalData,
    MultiModalGNNRegressor,
)
from magnet_sklearn.explain import ConformalPredictor
from magnet_sklearn.io import read_fhir, to_fhir

QUICK = TINY | {"experts": "linear", "max_epochs": 1, "ensemble_size": 1}
DATE = "2026-05-01"


def _with_ids(X):
    return MultiModalData(X, index=[f"p-{n}" for n in range(len(X))])


def _fitted(kind, **parameters):
    model = kind(**(QUICK | parameters))
    X, y = target_for(model)
    if kind is MagnetClassifier:
        y = np.array(["benign", "malign"])[y]
    return model.fit(X, y), _with_ids(X)[:8]


@pytest.fixture(scope="module")
def classifier():
    return _fitted(MagnetClassifier)


@pytest.fixture(scope="module")
def survival():
    return _fitted(MagnetSurvivalAnalysis)


@pytest.fixture(scope="module")
def regressor():
    return _fitted(MultiModalGNNRegressor)


@pytest.fixture(scope="module")
def multi_task():
    return _fitted(MagnetMultiTask)


def _percents(resources, outcome):
    return [
        prediction["probabilityDecimal"]
        for resource in resources
        for prediction in resource.get("prediction", [])
        if prediction["outcome"]["text"] == outcome
    ]


def test_probabilities_are_those_of_predict_proba_in_percent(classifier):
    model, X = classifier

    resources = to_fhir(model, X, date=DATE)

    proba = model.predict_proba(X)
    assert [r["subject"]["reference"] for r in resources] == [
        f"Patient/p-{n}" for n in range(8)
    ]
    for column, name in enumerate(["benign", "malign"]):
        assert_allclose(_percents(resources, name), 100 * proba[:, column], atol=1e-6)


def test_events_have_horizons_and_hazard_ratios(survival):
    model, X = survival

    resources = to_fhir(model, X, times=[0.5, 2.0], time_unit="a", date=DATE)

    event = 1 - model.predict_survival_function(X, [0.5, 2.0])
    ratio = np.exp(model.predict(X) - model.baseline_)
    for row, resource in enumerate(resources):
        for column, told in enumerate(resource["prediction"]):
            expected = 100 * event.iloc[row, column]
            assert told["probabilityDecimal"] == pytest.approx(expected, abs=1e-6)
            assert told["relativeRisk"] == pytest.approx(ratio[row], abs=1e-6)
            start, end = (
                datetime.fromisoformat(told["whenPeriod"][name])
                for name in ("start", "end")
            )
            assert (end - start).days == round([0.5, 2.0][column] * 365.25)


def test_numbers_are_observations_with_their_interval(regressor):
    model, X = regressor

    resources = to_fhir(
        model, X, outcomes={"value": "loinc|4548-4"}, units={"value": "%"}, date=DATE
    )

    ends = model.predict(X, quantiles=[0.05, 0.95])
    for row, (resource, value) in enumerate(
        zip(resources, model.predict(X), strict=True)
    ):
        assert resource["resourceType"] == "Observation"
        assert resource["code"]["coding"][0]["code"] == "4548-4"
        assert resource["valueQuantity"]["code"] == "%"
        assert resource["valueQuantity"]["value"] == pytest.approx(value, abs=1e-6)
        told = [part["valueQuantity"]["value"] for part in resource["component"]]
        assert told == pytest.approx(ends[row], abs=1e-6)


def test_tasks_share_a_risk_assessment(multi_task):
    model, X = multi_task

    resources = to_fhir(model, X, times=[1.0], date=DATE)

    risks = [r for r in resources if r["resourceType"] == "RiskAssessment"]
    numbers = [r for r in resources if r["resourceType"] == "Observation"]
    assert len(risks) == len(numbers) == len(X)
    proba = model.predict_proba(X)["response"]
    assert_allclose(_percents(risks, "response: 1"), 100 * proba.iloc[:, 1], atol=1e-6)
    event = 1 - model.predict_survival_function(X, [1.0])["survival"][1.0]
    assert_allclose(_percents(risks, "survival"), 100 * event, atol=1e-6)
    assert_allclose(
        [number["valueQuantity"]["value"] for number in numbers],
        model.predict(X)["dose"],
        atol=1e-6,
    )


def test_labels_have_one_probability_each():
    X, y = make_patients()
    model = MagnetClassifier(**QUICK).fit(X, np.column_stack([y, 1 - y]))

    resources = to_fhir(model, _with_ids(X)[:3], date=DATE)

    proba = model.predict_proba(X[:3])
    assert_allclose(_percents(resources, "0"), 100 * proba[:, 0], atol=1e-6)
    assert_allclose(_percents(resources, "1"), 100 * proba[:, 1], atol=1e-6)


def test_discrete_time_models_are_written():
    model, X = _fitted(MagnetSurvivalAnalysis, model="discrete")

    resource = to_fhir(model, X[:1], times=[1.0], date=DATE)[0]

    assert "relativeRisk" not in resource["prediction"][0]
    assert sum("Main contributions" in note["text"] for note in resource["note"]) == 1


def test_outcomes_are_coded_and_chosen(classifier):
    model, X = classifier

    told = to_fhir(
        model,
        X,
        outcomes={"malign": "snomed|363346000"},
        thresholds={"low": 0, "high": 0.5, "beyond doubt": 0.999999},
        date=DATE,
    )

    for resource, probability in zip(told, model.predict_proba(X)[:, 1], strict=True):
        (prediction,) = resource["prediction"]
        assert prediction["outcome"]["coding"] == [
            {"system": "http://snomed.info/sct", "code": "363346000"}
        ]
        risk = prediction["qualitativeRisk"]
        if probability < 0.999999:
            code = "high" if probability >= 0.5 else "low"
            assert risk["coding"][0]["code"] == code
        else:
            assert risk == {"text": "beyond doubt"}


def test_notes_tell_modalities_contributions_and_conformal_sets(classifier):
    model, X = classifier
    patients, y = target_for(model)
    y = np.array(["benign", "malign"])[y]
    conformal = ConformalPredictor(model, cv=2, random_state=0).fit(patients, y)

    told = to_fhir(model, X, conformal=conformal, n_contributions=1, date=DATE)

    sets = conformal.predict_set(X, alpha=0.1)
    parts = model.contributions(X)
    for row, resource in enumerate(told):
        seen, within, reason = [note["text"] for note in resource["note"]]
        names = np.array(["rna", "protein", "clinical"])
        assert seen.startswith(f"Modalities: {', '.join(names[X.mask[row]])}.")
        assert within.startswith("Conformal set (90 %): ")
        for name in sets:
            assert (name in within) == sets.iloc[row][name]
        largest = parts.iloc[row].abs().idxmax()
        assert (
            f"log-odds of malign: {largest} {parts.iloc[row][largest]:+.3g}" in reason
        )


def test_basis_is_what_was_read(classifier, observation):
    labs = {"labs": {"hba1c": {"codes": "loinc|4548-4", "unit": "%"}}}
    sent = [observation("o1", "p-0", "2020-01-01", 6.0)]
    cohort = read_fhir(sent, labs, index_date={"p-0": DATE})
    model, X = classifier

    first, second = to_fhir(model, X[:2], basis=cohort, date=DATE)

    assert first["basis"] == [{"reference": "Observation/o1"}]
    assert "basis" not in second


def test_identifier_is_that_of_patient_model_and_date(classifier):
    model, X = classifier

    def identifiers(**parameters):
        resources = to_fhir(model, X, **parameters)
        return [resource["identifier"][0]["value"] for resource in resources]

    once = identifiers(date=DATE)
    assert once == identifiers(date=DATE)
    assert len(set(once)) == len(X)
    assert not set(once) & set(identifiers(date="2026-05-02"))
    assert not set(once) & set(identifiers(date=DATE, method="other"))


def test_wrong_arguments_are_errors(classifier, survival):
    model, X = classifier
    unnamed, _ = make_patients()
    cases = [
        ((model, unnamed), {}, "row numbers in place of patient ids"),
        ((model, MultiModalData(unnamed[:1], index=["Müller"])), {}, "1 of 1 patient"),
        ((model, X), {"outcomes": {"cancer": "x"}}, "'cancer'"),
        ((model, X), {"thresholds": {"high": 20}}, "probabilities"),
        ((model, X), {"time_unit": "days"}, "time_unit"),
        ((model, X), {"date": {"p-0": DATE}}, "lacks 7 of 8"),
        (survival, {}, "times is None"),
        (survival, {"times": [1e9], "date": DATE, "time_unit": "a"}, "no date"),
    ]
    for arguments, parameters, match in cases:
        with pytest.raises(ValueError, match=match):
            to_fhir(*arguments, **parameters)
    with pytest.raises(TypeError, match="ConformalPredictor"):
        to_fhir(model, X, conformal=model)


@pytest.mark.parametrize("name", ["classifier", "survival", "regressor", "multi_task"])
def test_resources_are_valid_in_r4(name, request):
    models = pytest.importorskip("fhir.resources.R4B")
    model, X = request.getfixturevalue(name)

    resources = to_fhir(
        model,
        X,
        times=[0.001, 1.0, 1e4],
        thresholds={"negligible": 0, "certain": 1},
        basis={"p-0": ["Observation/1", "Condition/2"]},
        date=pd.Series(pd.Timestamp(DATE), index=X.index),
    )

    for resource in json.loads(json.dumps(resources, allow_nan=False)):
        kind = models.get_fhir_model_class(resource["resourceType"])
        kind.model_validate(resource)
        for prediction in resource.get("prediction", []):
            assert 0 <= prediction["probabilityDecimal"] <= 100  # invariant ras-2
            assert "outcome" in prediction
