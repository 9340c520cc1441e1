"""Axes, colours and labels that all displays share."""

import sys

import matplotlib.pyplot as plt
import pytest
from numpy.testing import assert_allclose

from magnet_sklearn.plotting import MissingPatternDisplay
from magnet_sklearn.plotting._style import axes_or_new, panels, part_name, wrapped


def test_without_matplotlib_the_error_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)

    with pytest.raises(ImportError, match=r"magnet-sklearn\[plot\]"):
        MissingPatternDisplay.from_data({"rna": [[1.0]]})


def test_given_axes_are_used_and_no_figure_is_opened():
    _, ax = plt.subplots()

    assert axes_or_new(ax, (1, 1)) is ax
    assert len(plt.get_fignums()) == 1


def test_a_very_long_name_is_broken_into_lines_and_never_cut():
    name = "cg" + "0123456789" * 9

    assert "".join(wrapped(name).split("\n")) == name
    assert max(map(len, wrapped(name).split("\n"))) <= 44


def test_panels_lie_within_the_axes_in_the_order_given():
    _, ax = plt.subplots()

    upper, lower = panels(ax, [2, 1])
    ax.figure.canvas.draw()

    boxes = [ax.transAxes.inverted().transform_bbox(p.bbox) for p in (upper, lower)]
    assert_allclose([boxes[0].y1, boxes[1].y0], [1, 0], atol=1e-9)
    assert boxes[0].y0 > boxes[1].y1
    lower.set_xlim(3, 4)
    assert upper.get_xlim() == (3, 4)


@pytest.mark.parametrize(
    ("part", "name"), [("rna", "rna"), (("rna", "TP53"), "TP53 (rna)")]
)
def test_features_are_named_with_their_modality(part, name):
    assert part_name(part) == name
