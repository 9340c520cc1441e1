"""A value is converted by the factor of its unit, or reported."""

import numpy as np
import pandas as pd
from numpy.testing import assert_allclose

from magnet_sklearn.io.omop._omop_features import parse_omop_features
from magnet_sklearn.io.omop._row_values import row_values


def _values(frame, units, **spec):
    (feature,) = parse_omop_features("labs", "x", spec)
    rows = np.arange(len(frame))
    return row_values(feature, frame, rows, np.asarray(units))


def test_units_are_converted_or_refused():
    frame = pd.DataFrame({"value_as_number": [1.0, 1.0, 1.0, 1.0, np.inf, np.nan]})
    values, problems = _values(
        frame, [10, 20, 30, 0, 10, 10], concepts=1, unit=10, factors={20: [2, 3]}
    )

    assert_allclose(values[:2], [1.0, 5.0])
    assert problems.tolist() == [
        "",
        "",
        "unit that has no factor",
        "value without a unit",
        "value is not finite",
        "no value",
    ]


def test_numbers_without_a_unit_need_none_stated():
    frame = pd.DataFrame({"value_as_number": ["1.5", "many", "2"]})
    values, problems = _values(frame, [0, 0, 7], concepts=1)

    assert values[0] == 1.5
    assert problems.tolist() == [
        "",
        "value is not a number",
        "unit that has no factor",
    ]


def test_concepts_of_values_are_categories():
    frame = pd.DataFrame({"value_as_concept_id": [5, 6, 7, 0]})
    values, problems = _values(
        frame,
        [0] * 4,
        concepts=1,
        value="value_as_concept_id",
        categories={"positive": 5, "negative": [6]},
    )

    assert values.tolist() == ["positive", "negative", None, None]
    assert problems.tolist() == ["", "", "category not mapped", "no value"]


def test_text_is_a_category_of_its_own():
    frame = pd.DataFrame({"value_as_string": ["never", None]})
    values, problems = _values(
        frame, [0, 0], table="observation", concepts=1, value="value_as_string"
    )

    assert values.tolist() == ["never", None]
    assert problems.tolist() == ["", "no value"]
