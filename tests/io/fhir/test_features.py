"""Features are checked when a mapping is made, not when patients are read."""

import pytest

from magnet_sklearn.io import FHIRMapping


@pytest.mark.parametrize(
    ("spec", "match"),
    [
        ({}, "neither codes nor value"),
        ({"code": "loinc|1"}, "Did you mean 'codes'"),
        ({"codes": "loinc|1", "aggregate": "median"}, "aggregate"),
        ({"codes": "loinc|1", "aggregate": ["last", "last"]}, "differ"),
        ({"codes": "loinc|1", "kind": "category", "aggregate": "mean"}, "aggregate"),
        ({"codes": "loinc|1", "resource": "Observatoin"}, "Observatoin"),
        ({"codes": "loinc|1", "window": [-10, 5]}, "not known then"),
        ({"codes": "loinc|1", "window": [0, -5]}, "window"),
        ({"codes": "loinc|1", "window": 5}, "two numbers of days"),
        ({"codes": "loinc|1", "absent": "no"}, "absent"),
        ({"resource": "Patient", "value": "deceasedBoolean"}, "tells the future"),
        ({"codes": "loinc|1", "factors": {"mg": "x"}}, "factor of 'mg'"),
    ],
)
def test_wrong_features_are_named(spec, match):
    with pytest.raises(ValueError, match=match) as error:
        FHIRMapping({"labs": {"hba1c": spec}})
    assert "hba1c" in str(error.value)


@pytest.mark.parametrize(
    "spec", ["loinc|1", {"codes": 5}, {"codes": "loinc|1", "factors": 2}]
)
def test_wrong_types_are_named(spec):
    with pytest.raises(TypeError, match="hba1c"):
        FHIRMapping({"labs": {"hba1c": spec}})


def test_columns_follow_from_aggregates_and_named_codes():
    mapping = FHIRMapping(
        {
            "labs": {"a": {"codes": "loinc|1", "aggregate": ["min", "slope"]}},
            "history": {
                "has": {
                    "resource": "Condition",
                    "codes": {"x": "icd10|A*", "y": ["icd10|B*", "icd9cm|2*"]},
                }
            },
        }
    )

    assert mapping.columns == {
        "labs": ["a_min", "a_slope"],
        "history": ["has_x", "has_y"],
    }
