"""Which patients have no label."""

import numpy as np
import pandas as pd
import pytest

from magnet_sklearn._targets import ClassTarget, SurvivalTarget, is_unlabelled


@pytest.mark.parametrize(
    ("y", "marker"),
    [
        ([0, -1, 1], -1),
        (np.array([0.5, np.nan, 1.0]), np.nan),
        (pd.Series([True, None, False]), np.nan),
        (pd.Series([1, None, 2], dtype="Int64"), np.nan),
        (np.array(["a", "?", "b"]), "?"),
        (np.array(["a", None, "b"], dtype=object), np.nan),
        (pd.DataFrame({"dose": [1, -1, -1], "grade": [-1, -1, 0]}), -1),
        (np.array([[1.0, np.nan], [np.nan, np.nan], [0.0, 1.0]]), np.nan),
    ],
)
def test_a_row_of_markers_alone_has_no_label(y, marker):
    assert is_unlabelled(y, marker).tolist() == [False, True, False]


@pytest.mark.parametrize("y", [np.array(["-1", "1"]), np.array([0.0, np.nan])])
def test_another_value_is_a_label(y):
    assert not is_unlabelled(y, -1).any()


def test_without_a_marker_everybody_has_a_label():
    y = [0.0, np.nan]

    assert not ClassTarget().is_unlabelled(y, None).any()
    assert not SurvivalTarget().is_unlabelled(y, None).any()


@pytest.mark.parametrize(
    "y",
    [
        pd.DataFrame({"event": [1, 0, np.nan], "time": [2.0, np.nan, 3.0]}),
        pd.DataFrame({"OS.time": [2.0, np.nan, 3.0], "OS": [1, 0, 1]}),
        np.array(
            [(True, 2.0), (False, np.nan), (True, 3.0)],
            dtype=[("dead", bool), ("months", float)],
        ),
    ],
)
def test_for_survival_the_time_decides(y):
    assert SurvivalTarget().is_unlabelled(y, np.nan).tolist() == [False, True, False]
