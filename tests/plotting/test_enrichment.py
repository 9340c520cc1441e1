"""Gene sets that are enriched."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from magnet_sklearn.plotting import EnrichmentDisplay


@pytest.fixture
def result():
    return pd.DataFrame(
        {
            "p_adjusted": [0.5, 0.001, 0.02, 0.02],
            "nes": [0.5, 2.0, -1.5, 1.8],
            "overlap": [3, 40, 12, 20],
        },
        ["w", "x", "y", "z"],
    )


def test_dots_are_ordered_by_p_then_by_effect(result, texts):
    display = EnrichmentDisplay.from_frame(result, effect="nes")

    assert texts(display.ax_.yaxis) == ["x", "z", "y", "w"]
    x, row = display.ax_.collections[0].get_offsets().T
    assert_allclose(x, [2.0, 1.8, -1.5, 0.5])
    assert_allclose(row, range(4))


def test_sizes_follow_overlaps_and_open_dots_are_not_significant(result):
    display = EnrichmentDisplay.from_frame(result, effect="nes")

    dots = display.ax_.collections[0]
    assert_allclose(np.argsort(dots.get_sizes()), [3, 2, 1, 0])
    is_open = (dots.get_facecolors() == 1).all(axis=1)
    assert is_open.tolist() == [False, False, False, True]
    labels = [text.get_text() for text in display.ax_.get_legend().texts]
    assert labels == ["3 genes", "40 genes"]


def test_long_names_of_sets_are_not_cut(check_layout):
    names = [f"HALLMARK_EPITHELIAL_MESENCHYMAL_TRANSITION_{n:03d}" for n in range(15)]
    frame = pd.DataFrame({"p_adjusted": 0.01, "nes": range(15)}, names)

    display = EnrichmentDisplay.from_frame(frame, effect="nes")

    check_layout(display.figure_, display.ax_.yaxis)


def test_only_the_smallest_p_values_are_drawn(result):
    frame = result.rename_axis("set").reset_index()

    display = EnrichmentDisplay.from_frame(
        frame, effect="nes", gene_set="set", max_sets=2
    )

    assert display.sets.index.tolist() == ["x", "z"]


def test_p_values_of_0_are_drawn(result):
    result["p_adjusted"] = 0.0

    display = EnrichmentDisplay.from_frame(result, effect="nes", overlap="none")

    display.figure_.canvas.draw()
    assert display.ax_.get_legend() is None


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda frame: frame.iloc[:0], "0 rows"),
        (lambda frame: frame.drop(columns="nes"), "needs .* 'nes', 'p_adjusted'"),
        (lambda frame: frame.assign(p_adjusted=2.0), "not within 0 and 1"),
    ],
)
def test_wrong_frames_are_refused(result, change, message):
    with pytest.raises(ValueError, match=message):
        EnrichmentDisplay.from_frame(change(result), effect="nes")
