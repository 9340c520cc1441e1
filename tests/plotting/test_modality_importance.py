"""Bars of the importance of modalities."""

import pytest
from numpy.testing import assert_allclose

from magnet_sklearn.plotting import ModalityImportanceDisplay

PARTS = ["rna", "age", "joint"]


def test_bars_are_mean_sizes_the_largest_on_top(make_explanation, texts):
    explanation = make_explanation(PARTS)

    display = ModalityImportanceDisplay.from_explanation(explanation)

    top = explanation.top(3)
    assert texts(display.ax_.yaxis) == list(top.index)
    assert_allclose([bar.get_width() for bar in display.ax_.patches], top)
    assert "log-odds" in display.ax_.get_xlabel()


def test_each_output_has_its_bars(make_explanation):
    explanation = make_explanation(PARTS, outputs=["a", "b"])

    display = ModalityImportanceDisplay.from_explanation(explanation, per_output=True)

    for name in "ab":
        expected = explanation.importance(name)[display.importance.index]
        assert_allclose(display.importance[name], expected)


def test_names_of_forty_letters_are_not_cut(make_explanation, check_layout):
    parts = [f"{'modality with a long name':_<38}{number}" for number in range(10, 20)]

    display = ModalityImportanceDisplay.from_explanation(make_explanation(parts))

    check_layout(display.figure_, display.ax_.yaxis)


def test_features_are_summed_over_modalities(make_explanation):
    explanation = make_explanation([("rna", "A"), ("rna", "B"), ("age", "age")])

    display = ModalityImportanceDisplay.from_explanation(explanation)

    expected = explanation.by_modality().importance()
    assert_allclose(display.importance.iloc[:, 0], expected[display.importance.index])


def test_parts_that_never_add_anything_are_left_out(make_explanation):
    explanation = make_explanation(PARTS)
    explanation.values[:, 2] = 0

    display = ModalityImportanceDisplay.from_explanation(explanation)

    assert sorted(display.importance.index) == ["age", "rna"]


def test_outputs_of_different_units_do_not_share_an_axis(make_explanation):
    explanation = make_explanation(
        PARTS, outputs=["dose", "risk"], units=["mg", "log-hazard"]
    )

    with pytest.raises(ValueError, match="different units .*mg, log-hazard"):
        ModalityImportanceDisplay.from_explanation(explanation)
    display = ModalityImportanceDisplay.from_explanation(explanation, output="dose")
    assert "mg" in display.label


def test_anything_else_than_an_explanation_is_refused():
    with pytest.raises(TypeError, match=r"is a dict\. Pass an Explanation"):
        ModalityImportanceDisplay.from_explanation({"rna": 1.0})


def test_of_an_estimator_bars_are_its_contributions(fitted):
    estimator, X, _ = fitted

    display = ModalityImportanceDisplay.from_estimator(estimator, X)

    expected = estimator.contributions(X).abs().mean()
    assert_allclose(display.importance.iloc[:, 0], expected[display.importance.index])
