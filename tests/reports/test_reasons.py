"""Features and modalities that count, beside a cohort."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from magnet_sklearn import MultiModalData
from magnet_sklearn.explain import Explanation, feature_attribution
from magnet_sklearn.reports import patient_report
from magnet_sklearn.reports._reasons import feature_rows


@pytest.fixture
def cohort():
    age = pd.DataFrame({"age": np.arange(101.0), "stage": ["I"] * 25 + ["II"] * 76})
    return MultiModalData({"clinical": age, "rna": np.zeros((101, 2))})


def explained(age, stage, values=(2.0, -3.0)):
    """Explanation of two clinical features of one patient."""
    parts = pd.MultiIndex.from_tuples([("clinical", "age"), ("clinical", "stage")])
    return Explanation(
        values=np.array(values).reshape(1, 2, 1),
        parts=parts,
        index=pd.Index(["p"]),
        outputs=["relapse"],
        units=["log-odds"],
        method="test",
        data=pd.DataFrame([[age, stage]], columns=parts),
    )


@pytest.mark.parametrize(
    ("age", "position"), [(1.0, "below"), (50.0, "within"), (99.0, "above")]
)
def test_reference_range_is_the_central_95_percent(cohort, age, position):
    explanation = explained(age, "I")

    stage, years = feature_rows(explanation, explanation.values[0, :, 0], cohort, 5)

    assert years["reference"] == {
        "lower": 2.5,
        "upper": 97.5,
        "position": position,
        "share": None,
    }
    assert (years["value"], years["direction"]) == (age, "raises")
    assert (stage["value"], stage["direction"]) == ("I", "lowers")
    assert_allclose(stage["reference"]["share"], 25 / 101)


def test_the_most_important_come_first_and_nothing_has_no_row(cohort):
    explanation = explained(50.0, "I", (0.0, 1.0))
    values = explanation.values[0, :, 0]

    assert [row["feature"] for row in feature_rows(explanation, values, None, 5)] == [
        "stage"
    ]
    assert feature_rows(explanation, values, cohort, 0) == []


def test_a_missing_value_has_a_range_but_no_position(cohort):
    explanation = explained(np.nan, None)

    rows = feature_rows(explanation, explanation.values[0, :, 0], cohort, 5)

    assert [row["value"] for row in rows] == [None, None]
    assert [row["reference"]["position"] for row in rows] == [None, None]


def test_values_outside_the_range_are_a_limit(binary):
    X = binary.X_test[[int(np.flatnonzero(binary.X_test.mask[:, 2])[0])]]
    old = explained(999.0, "I")

    report = patient_report(binary.model, X, references=binary.X, features=old)

    limits = " ".join(report.content["limits"])
    assert "age (clinical) outside the reference range" in limits
    assert "999, high" in report.to_html()


def test_features_are_those_of_the_attribution(several_tasks):
    c, X = several_tasks, several_tasks.X_test[[1]]
    expected = feature_attribution(c.model, X)

    report = patient_report(c.model, X, references=c.X, n_features=3)

    for outcome in report.content["outcomes"]:
        values = expected.to_frame().xs(outcome["name"], axis=1, level=-1).iloc[0]
        top = values[values.abs().sort_values(ascending=False).index[:3]]
        assert_allclose(
            [row["contribution"] for row in outcome["features"]], top[top != 0]
        )


def test_no_features_on_request_and_those_of_one_patient_only(binary):
    c = binary
    report = patient_report(c.model, c.X_test[[1]], n_features=0)

    assert report.content["outcomes"][0]["features"] is None
    with pytest.raises(ValueError, match=r"features explain 30 patients.*\[row\]"):
        patient_report(
            c.model, c.X_test[[1]], features=feature_attribution(c.model, c.X_test)
        )


def test_of_several_classes_contributions_are_beyond_the_average_class(several_classes):
    c, X = several_classes, several_classes.X_test[[1]]

    said = patient_report(c.model, X).content["outcomes"][0]

    logits = c.model.contributions(X).to_numpy().reshape(6, 3)
    best = c.model.classes_.tolist().index(said["prediction"])
    expected = logits[:, best] - logits.mean(axis=1)
    values = {row["part"]: row["value"] for row in said["contributions"]["parts"]}
    assert_allclose([values["rna"], values["protein"]], expected[:2])
    assert said["contributions"]["raises"] == f"the probability of {said['prediction']}"
