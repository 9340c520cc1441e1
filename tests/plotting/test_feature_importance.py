"""Bars and beeswarms of the values of features."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from magnet_sklearn.plotting import FeatureImportanceDisplay

PARTS = [("rna", f"gene {number}") for number in range(20)]


def with_data(make_explanation, n_patients):
    data = np.random.default_rng(1).normal(size=(n_patients, len(PARTS)))
    frame = pd.DataFrame(data, columns=pd.MultiIndex.from_tuples(PARTS))
    return make_explanation(PARTS, n_patients, data=frame)


def test_points_are_the_values_in_the_row_of_their_feature(make_explanation, texts):
    explanation = with_data(make_explanation, 30)

    display = FeatureImportanceDisplay.from_explanation(explanation, max_features=4)

    top = explanation.top(4).index
    assert texts(display.ax_.yaxis) == [f"{gene} (rna)" for _, gene in top]
    drawn = [points for points in display.ax_.collections if len(points.get_offsets())]
    for row, (part, points) in enumerate(zip(top, drawn, strict=True)):
        x, y = points.get_offsets().T
        assert_allclose(x, explanation.to_frame()[part])
        assert (np.abs(y - row) <= 0.4).all()


def test_colours_are_ranks_of_what_the_patients_have(make_explanation):
    explanation = with_data(make_explanation, 30)

    display = FeatureImportanceDisplay.from_explanation(explanation, max_features=1)

    expected = explanation.data[explanation.top(1).index[0]].rank()
    shades = [points.get_array() for points in display.ax_.collections][-1]
    assert_allclose(shades, (expected - 1) / 29)


def test_categories_and_missing_values_are_grey(make_explanation):
    data = pd.DataFrame({("rna", "x"): ["a", "b", None]})
    explanation = make_explanation([("rna", "x")], 3, data=data)

    display = FeatureImportanceDisplay.from_explanation(explanation)

    (points,) = display.ax_.collections
    assert_allclose(points.get_facecolors()[:, :3], 0x7F / 255)


def test_points_at_one_place_do_not_hide_each_other(make_explanation):
    explanation = make_explanation([("rna", "x")], 9, values=np.zeros((9, 1, 1)))

    display = FeatureImportanceDisplay.from_explanation(explanation)

    heights = display.ax_.collections[0].get_offsets()[:, 1]
    assert len(np.unique(heights)) == 9
    assert np.abs(heights).max() <= 0.4


def test_long_names_of_genes_are_not_cut(make_explanation, check_layout):
    parts = [
        ("rna", f"ENSG{number:011d}.18_protein_p53_isoform") for number in range(15)
    ]

    display = FeatureImportanceDisplay.from_explanation(make_explanation(parts))

    check_layout(display.figure_, display.ax_.yaxis)


def test_many_patients_are_sampled_by_seed(make_explanation):
    explanation = with_data(make_explanation, 50)

    first, second = (
        FeatureImportanceDisplay.from_explanation(explanation, max_patients=10)
        for _ in range(2)
    )

    assert len(first.values) == 10
    assert first.values.equals(second.values)


def test_bars_are_means_over_all_patients(make_explanation):
    explanation = with_data(make_explanation, 50)

    display = FeatureImportanceDisplay.from_explanation(
        explanation, kind="bar", max_patients=10
    )

    widths = [bar.get_width() for bar in display.ax_.patches]
    assert_allclose(widths, explanation.top(15))
    assert "50 patients" in display.ax_.get_xlabel()


def test_points_of_several_outputs_need_a_choice(make_explanation):
    explanation = make_explanation(PARTS, outputs=["a", "b"])

    with pytest.raises(ValueError, match=r"output='a', or pass kind=\"bar\""):
        FeatureImportanceDisplay.from_explanation(explanation)
    display = FeatureImportanceDisplay.from_explanation(explanation, output="b")
    assert "to b" in display.ax_.get_xlabel()


def test_an_unknown_kind_is_refused():
    with pytest.raises(ValueError, match="kind is 'violin'"):
        FeatureImportanceDisplay.from_explanation(None, kind="violin")


def test_features_of_an_estimator_are_the_users_columns(fitted):
    estimator, X, _ = fitted

    display = FeatureImportanceDisplay.from_estimator(estimator, X, kind="bar")

    assert "age (clinical)" in display.values.columns
