"""Who speaks in a fitted model."""

import pandas as pd
import pytest
from numpy.testing import assert_allclose
from sklearn.exceptions import NotFittedError

from magnet_sklearn import MagnetClassifier
from magnet_sklearn.plotting import SummaryDisplay


def test_bars_are_the_weights_in_the_summary(fitted):
    estimator, _, _ = fitted

    display = SummaryDisplay.from_estimator(estimator)

    summary = estimator.summary_
    label = summary["part"] + ": " + summary["name"].astype(str)
    expected = summary.set_index(label)["value"][display.weights.index]
    assert_allclose([bar.get_width() for bar in display.ax_.patches], expected)
    assert "gate: graph" in display.weights.index


def test_each_task_has_its_bars():
    rows = [("dose", "gate", "graph", 0.5), ("dose", "family", "linear", 0.4)]
    rows += [("risk", "gate", "graph", 0.0), ("risk", "family", "forest", 0.9)]
    frame = pd.DataFrame(rows, columns=["task", "part", "name", "value"])

    display = SummaryDisplay.from_frame(frame)

    assert display.weights.fillna(-1).to_dict() == {
        "dose": {"family: linear": 0.4, "family: forest": -1, "gate: graph": 0.5},
        "risk": {"family: linear": -1, "family: forest": 0.9, "gate: graph": 0.0},
    }


def test_seconds_and_gains_are_no_weights():
    rows = [("y", "gate", "graph", 0.5), ("y", "gain of networks", "nats", 3.0)]
    rows += [("", "seconds", "experts", 2.0)]
    frame = pd.DataFrame(rows, columns=["task", "part", "name", "value"])

    display = SummaryDisplay.from_frame(frame)

    assert display.weights.index.tolist() == ["gate: graph"]


def test_an_estimator_that_is_not_fitted_is_refused():
    with pytest.raises(NotFittedError):
        SummaryDisplay.from_estimator(MagnetClassifier())


def test_another_frame_is_refused():
    with pytest.raises(ValueError, match=r"columns 'a'; expected are 'task'"):
        SummaryDisplay.from_frame(pd.DataFrame({"a": [1]}))
