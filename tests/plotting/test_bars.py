"""Bars, or a heat map of many columns."""

import numpy as np
import pandas as pd
from numpy.testing import assert_allclose

from magnet_sklearn.plotting._bars import bars_or_heatmap


def make_values(n_columns):
    values = np.random.default_rng(0).random((3, n_columns))
    columns = [f"class {number}" for number in range(n_columns)]
    return pd.DataFrame(values, ["rna", "age", "stage"], columns)


def test_bars_have_the_lengths_of_the_values_and_do_not_overlap():
    values = make_values(6)

    ax = bars_or_heatmap(values, "weight", None)

    widths = [bar.get_width() for bar in ax.patches]
    assert_allclose(widths, values.T.to_numpy().ravel())
    edges = sorted((bar.get_y(), bar.get_y() + bar.get_height()) for bar in ax.patches)
    assert all(
        end <= start for (_, end), (start, _) in zip(edges, edges[1:], strict=False)
    )


def test_more_columns_than_colours_are_a_heat_map(texts):
    values = make_values(20)

    ax = bars_or_heatmap(values, "weight", None)

    assert_allclose(ax.collections[0].get_array(), values)
    assert texts(ax.xaxis) == list(values)
    assert texts(ax.yaxis) == list(values.index)
