"""Names and looks of groups, and how their p-value is written."""

import pytest

from magnet_sklearn.plotting._group_style import group_style, p_value_text


def test_twenty_groups_look_different():
    assert len({group_style(place) for place in range(20)}) == 20


@pytest.mark.parametrize(
    ("p_value", "text"), [(0.0312, "p = 0.031"), (1e-9, "p < 0.0001"), (1.0, "p = 1")]
)
def test_p_values_are_written_in_two_digits(p_value, text):
    assert p_value_text(p_value) == text
