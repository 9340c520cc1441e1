"""Points coloured by classes or by numbers."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from magnet_sklearn.plotting._scatter import as_classes, scatter_by


@pytest.fixture
def ax():
    return plt.subplots()[1]


def test_twenty_classes_differ_in_colour_or_marker(ax):
    values = np.repeat([f"class {number:02d}" for number in range(20)], 2)

    scatter_by(ax, np.arange(40), np.arange(40), values, "subtype")

    looks = {
        (*points.get_facecolor()[0], len(points.get_paths()[0].vertices))
        for points in ax.collections
    }
    assert len(looks) == 20
    assert [text.get_text() for text in ax.get_legend().texts] == sorted(set(values))


def test_each_class_has_its_points(ax):
    values = np.array(["b", "a", "b", None], object)

    scatter_by(ax, [1, 2, 3, 4], [0, 0, 0, 0], values, "")

    drawn = {p.get_label(): p.get_offsets()[:, 0].tolist() for p in ax.collections}
    assert drawn == {"a": [2], "b": [1, 3], "unknown": [4]}


def test_numbers_are_shades_with_a_colour_bar(ax):
    scatter_by(ax, [1, 2, 3], [0, 0, 0], [0.5, np.nan, 2.5], "dose (mg)")

    assert_allclose(ax.collections[-1].get_array(), [0.5, 2.5])
    assert ax.figure.axes[-1].get_ylabel() == "dose (mg)"


def test_rare_ones_of_very_many_classes_are_other():
    counts = np.arange(30, 0, -1)
    values = pd.Series(np.repeat([f"class {number}" for number in range(30)], counts))

    classes = as_classes(values)

    assert len(classes.categories) == 20
    assert (classes == "other").sum() == counts[19:].sum()


def test_categories_keep_their_order_and_whole_numbers_are_classes():
    ordered = pd.Series(pd.Categorical(["b", "a"], categories=["b", "a"]))

    assert as_classes(ordered).categories.tolist() == ["b", "a"]
    assert as_classes(pd.Series([0, 1, 1])).categories.tolist() == [0, 1]
    assert as_classes(pd.Series([0.0, 1.0])) is None
