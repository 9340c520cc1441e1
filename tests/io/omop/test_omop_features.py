"""Declarations of features are checked before a table is read."""

import pytest

from magnet_sklearn.io.omop._omop_features import parse_omop_features


def _parsed(**spec):
    return parse_omop_features("labs", "x", spec)


def test_named_concepts_make_a_feature_each():
    found = _parsed(table="drug_exposure", concepts={"a": 1, "b": [2, 3]})

    assert [feature.name for feature in found] == ["x_a", "x_b"]
    assert [feature.kind for feature in found] == ["presence", "presence"]
    assert found[1].concepts == {2, 3}


@pytest.mark.parametrize(
    ("spec", "kind", "column"),
    [
        ({"concepts": 1}, "number", "value_as_number"),
        ({"table": "condition_occurrence", "concepts": 1}, "presence", ""),
        (
            {"table": "drug_exposure", "concepts": 1, "value": "quantity"},
            "number",
            "quantity",
        ),
        ({"table": "person", "value": "race"}, "category", "race_concept_id"),
        (
            {"table": "observation", "concepts": 1, "unit": 8554},
            "number",
            "value_as_number",
        ),
        (
            {"concepts": 1, "value": "value_as_concept_id"},
            "category",
            "value_as_concept_id",
        ),
    ],
)
def test_kind_follows_from_table_and_value(spec, kind, column):
    (feature,) = _parsed(**spec)

    assert (feature.kind, feature.column) == (kind, column)


@pytest.mark.parametrize(
    ("spec", "error", "message"),
    [
        ({}, ValueError, "must have concepts"),
        ({"table": "person", "concepts": 1, "value": "age"}, ValueError, "none: write"),
        ({"concepts": 0}, ValueError, "the concept 0"),
        ({"concepts": "a"}, TypeError, "whole numbers, got 'a'"),
        ({"concepts": 1, "unit": "mg"}, TypeError, "whole numbers, got 'mg'"),
        ({"concepts": 1, "factors": {"mg": 1}}, TypeError, "whole numbers, got 'mg'"),
        ({"concepts": 1, "table": "measurment"}, ValueError, "measurement"),
        ({"concepts": 1, "value": "quantity"}, ValueError, "'value_as_number'"),
        ({"concepts": 1, "descendants": "yes"}, TypeError, "True or False"),
        ({"concepts": 1, "window": [-1, 1]}, ValueError, "must end at day 0"),
        ({"concepts": 1, "codes": 1}, ValueError, "unknown entry 'codes'"),
        (
            {"concepts": 1, "table": "drug_exposure", "unit": 1},
            ValueError,
            "has no unit_concept_id",
        ),
    ],
)
def test_wrong_declarations_are_named(spec, error, message):
    with pytest.raises(error, match=message):
        _parsed(**spec)
