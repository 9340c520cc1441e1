"""Recommendations come from the user's rules only."""

import numpy as np
import pandas as pd
import pytest

from magnet_sklearn.reports import patient_report


def recommended(cohort, rules, row=0):
    report = patient_report(cohort.model, cohort.X_test[[row]], rules=rules)
    return report.content["recommendations"]


def texts(cohort, *rules, row=0):
    return [rule["text"] for rule in recommended(cohort, list(rules), row)["applying"]]


def test_without_rules_there_is_no_recommendation(binary):
    report = patient_report(binary.model, binary.X_test[[0]])

    assert report.content["recommendations"] is None
    assert "Recommendations" not in report.to_html()


def test_ranges_are_from_min_to_below_max(binary):
    p = binary.model.predict_proba(binary.X_test[[0]])[0, 0]
    rule = {"what": "probability", "class": "relapse", "text": "see"}

    assert texts(binary, rule | {"min": p}) == ["see"]
    assert texts(binary, rule | {"max": p}) == []
    assert texts(binary, rule | {"min": p - 0.1, "max": p + 0.1}) == ["see"]


def test_every_kind_of_condition(several_tasks):
    c = several_tasks
    X = c.X_test[[0]]
    survival = c.model.predict_survival_function(X, [0.5]).iloc[0, 0]
    dose = c.model.predict(X)[("dose", "")].iloc[0]
    response = int(c.model.predict(X)[("response", "")].iloc[0])
    rules = [
        {"what": "survival", "time": 0.5, "min": survival - 1e-9, "text": "a"},
        {"what": "number", "max": dose + 1e-9, "text": "b"},
        {"what": "class", "outcome": "response", "equals": response, "text": "c"},
        {"what": "class", "outcome": "response", "equals": 1 - response, "text": "d"},
    ]

    assert texts(c, *rules) == ["a", "b", "c"]


def test_features_are_in_the_users_units(binary):
    ages = binary.X_test["clinical"]["age"].to_numpy()
    row = int(np.flatnonzero(~np.isnan(ages))[0])
    rule = {"what": "feature", "modality": "clinical", "text": "see"}
    by_age = rule | {"feature": "age", "min": ages[row], "max": ages[row] + 1}
    by_stage = rule | {
        "feature": "stage",
        "equals": binary.X_test["clinical"]["stage"].iloc[row],
    }

    found = recommended(binary, [by_age, by_stage], row)

    assert len(found["applying"]) == 2
    assert found["applying"][0]["because"].startswith("age (clinical) is ")


def test_a_rule_about_a_missing_value_is_not_checked(binary):
    row = int(np.flatnonzero(~binary.X_test.mask[:, 2])[0])
    rule = {"what": "feature", "modality": "clinical", "feature": "age", "min": 0}

    found = recommended(binary, [rule | {"text": "see"}], row)

    assert (found["applying"], found["not_checked"]) == ([], ["see"])


def test_rows_of_one_rule_must_hold_together(binary):
    p = binary.model.predict_proba(binary.X_test[[0]])[0, 0]
    own = {"what": "probability", "class": "relapse", "rule": 1}
    first, second = own | {"min": p - 0.1, "text": "x"}, own | {"min": p + 0.1}

    assert texts(binary, first, second | {"text": "x"}) == []
    assert texts(binary, first, second | {"min": p - 0.2, "text": "x"}) == ["x"]


def test_a_frame_has_empty_cells_where_a_dict_has_no_key(binary):
    frame = pd.DataFrame(
        {
            "what": ["probability", "class"],
            "class": ["stable", None],
            "min": [0.0, np.nan],
            "equals": [None, "nothing"],
            "text": ["yes", "no"],
            "source": ["guideline 1", None],
        }
    )

    found = recommended(binary, frame)

    assert [(row["text"], row["source"]) for row in found["applying"]] == [
        ("yes", "guideline 1")
    ]
    assert found["n_rules"] == 2


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ({"what": "class", "equals": "x"}, "row 0 has no text"),
        ({"what": "dream", "text": "x"}, "what='dream'. Choose of 'probability'"),
        ({"what": "probability", "min": 0, "text": "x"}, "needs 'class'"),
        ({"what": "class", "text": "x"}, "has no condition"),
        ({"what": "class", "text": "x", "above": 1}, r"has the columns \['above'\]"),
        (
            {"what": "probability", "class": "relaps", "min": 0, "text": "x"},
            "class 'relaps', which there is not.*mean 'relapse'",
        ),
        ({"what": "number", "min": 0, "text": "x"}, "number outcome None"),
        (
            {
                "what": "feature",
                "modality": "clinical",
                "feature": "aeg",
                "min": 0,
                "text": "x",
            },
            "feature of clinical 'aeg'.*mean 'age'",
        ),
    ],
)
def test_wrong_rules_are_refused(binary, rule, message):
    with pytest.raises(ValueError, match=message):
        recommended(binary, [rule])


def test_ranges_of_categories_are_refused(binary):
    row = int(np.flatnonzero(binary.X_test.mask[:, 2])[0])
    rule = {"what": "feature", "modality": "clinical", "feature": "stage", "min": 1}

    with pytest.raises(ValueError, match="min and max, which are for numbers"):
        recommended(binary, [rule | {"text": "x"}], row)


def test_rules_that_are_no_table_are_refused(binary):
    with pytest.raises(TypeError, match="row 0 is a str"):
        recommended(binary, ["treat"])
