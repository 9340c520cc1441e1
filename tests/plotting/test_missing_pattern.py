"""Chart of which modalities are observed together."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from magnet_sklearn.plotting import MissingPatternDisplay

NAN = np.nan
X = {"rna": [[1.0], [NAN], [2.0], [NAN], [1.0]], "age": [[1], [1], [1], [NAN], [NAN]]}


def test_bars_are_the_counts_of_the_patterns():
    display = MissingPatternDisplay.from_data(X)

    assert [bar.get_height() for bar in display.ax_.patches] == [2, 1, 1, 1]
    assert display.patterns.to_numpy().tolist()[0] == [True, True]


def test_dots_are_dark_where_observed():
    display = MissingPatternDisplay.from_data(X)

    dots = display.axes_[1].collections[0]
    dark = (dots.get_facecolors()[:, :3] == 0).all(axis=1)
    observed = {tuple(place) for place in dots.get_offsets()[dark].astype(int).tolist()}
    assert observed == set(zip(*np.nonzero(display.patterns.to_numpy()), strict=True))


def test_labels_say_how_many_patients_have_each_modality(texts):
    display = MissingPatternDisplay.from_data(X)

    assert texts(display.axes_[1].yaxis) == ["rna (60%)", "age (60%)"]


def test_long_names_are_not_cut(check_layout):
    X = {f"{'modality with a long name':_<38}{number}": [[1.0]] for number in range(9)}

    display = MissingPatternDisplay.from_data(X)

    check_layout(display.figure_, display.axes_[1].yaxis)


def test_rare_patterns_are_left_out_and_said_to_be():
    display = MissingPatternDisplay.from_data(X, max_patterns=2)

    assert len(display.ax_.patches) == 2
    assert "2 most frequent of 4" in display.axes_[1].get_xlabel()


def test_chart_stands_in_the_axes_given():
    _, ax = plt.subplots()

    display = MissingPatternDisplay.from_data(X, ax=ax)

    assert display.bounding_ax_ is ax
    assert display.figure_ is ax.figure
    assert plt.get_fignums() == [ax.figure.number]


def test_what_is_no_multimodal_data_is_refused():
    with pytest.raises(ValueError, match="modalit"):
        MissingPatternDisplay.from_data({})
