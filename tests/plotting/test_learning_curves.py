"""Loss of all networks by epoch."""

import numpy as np
import pandas as pd
from numpy.testing import assert_allclose

from magnet_sklearn.plotting import LearningCurvesDisplay


def test_lines_are_the_histories_of_all_members(fitted):
    estimator, _, _ = fitted

    display = LearningCurvesDisplay.from_estimator(estimator)

    lines = [line.get_ydata() for line in display.ax_.lines if line.get_marker() != "o"]
    names = ["train_loss", "valid_loss"]
    expected = [net.history[:, name] for net in estimator.nets_ for name in names]
    for line, losses in zip(lines, expected, strict=True):
        assert_allclose(line, losses)


def test_dots_are_at_the_lowest_held_out_loss(fitted):
    estimator, _, _ = fitted

    display = LearningCurvesDisplay.from_estimator(estimator)

    dots = [line for line in display.ax_.lines if line.get_marker() == "o"]
    for dot, net in zip(dots, estimator.nets_, strict=True):
        losses = net.history[:, "valid_loss"]
        assert dot.get_xdata() == np.argmin(losses) + 1
        assert_allclose(dot.get_ydata(), min(losses))


def test_without_held_out_patients_there_is_a_line_a_member():
    history = pd.DataFrame(
        {"member": [0, 0, 1], "epoch": [1, 2, 1], "train_loss": [3.0, 2.0, 4.0]}
    )

    display = LearningCurvesDisplay(history).plot()

    assert [list(line.get_ydata()) for line in display.ax_.lines] == [[3, 2], [4]]
