"""How numbers are written in reports."""

import pytest

from magnet_sklearn.reports._formatting import (
    listed,
    number,
    percent,
    reach,
    score,
    signed,
    ticks,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (45.0, "45"),
        (1234.56, "1235"),
        (-0.5, "\N{MINUS SIGN}0.5"),
        (0.012345, "0.0123"),
        (1.5e-7, "1.5e\N{MINUS SIGN}07"),
        (2.5e9, "2.5e+09"),
        ("III", "III"),
        (None, "unknown"),
    ],
)
def test_numbers_have_three_digits(value, text):
    assert number(value) == text


def test_probabilities_are_never_certain():
    assert percent(0.999) == "over 99\N{NO-BREAK SPACE}%"
    assert percent(0.001) == "under 1\N{NO-BREAK SPACE}%"
    assert percent(0.834) == "83\N{NO-BREAK SPACE}%"
    assert percent(1.0) == "100\N{NO-BREAK SPACE}%"
    assert percent(None) == "unknown"


def test_contributions_have_a_sign_and_scores_three_decimals():
    assert [signed(value) for value in (1.0, -1.0, 0)] == [
        *("+1", "\N{MINUS SIGN}1", "0")
    ]
    assert (score(0.5), score(12345.6)) == ("0.500", "1.23e+04")


def test_names_are_listed_with_an_and():
    assert [listed(["a"]), listed(["a", "b", "c"])] == ["a", "a, b and c"]


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1]),
        (-0.1, 0.35, [-0.1, 0, 0.1, 0.2, 0.3]),
        (0, 1000, [0, 200, 400, 600, 800, 1000]),
        (3, 3, [3]),
    ],
)
def test_ticks_are_round_and_inside(low, high, expected):
    assert ticks(low, high) == pytest.approx(expected)


def test_scale_of_a_picture_is_never_zero():
    assert reach([{"a": None}, {"a": -2.0}], "a") == 2.0
    assert reach([{"a": 0.0}], "a") > 0
