"""From the baseline to the prediction of one patient."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from magnet_sklearn.plotting import WaterfallDisplay

PARTS = [f"part {number}" for number in range(15)]


def test_bars_lead_from_baseline_to_prediction_without_a_gap(make_explanation):
    explanation = make_explanation(PARTS)

    display = WaterfallDisplay.from_explanation(explanation, patient="p2")

    bars = display.ax_.patches
    ends = -0.5 + np.cumsum(display.contributions)
    starts = np.r_[-0.5, ends.iloc[:-1]]
    assert_allclose([bar.get_x() for bar in bars], starts)
    assert_allclose([bar.get_width() for bar in bars], display.contributions)
    assert_allclose(display.prediction_, explanation[["p2"]].predictions()[0, 0])


def test_long_names_of_genes_are_not_cut(make_explanation, check_layout):
    parts = [
        ("rna", f"ENSG{number:011d}.18_protein_p53_isoform") for number in range(12)
    ]
    explanation = make_explanation(parts, n_patients=1)

    display = WaterfallDisplay.from_explanation(explanation)

    check_layout(display.figure_, display.ax_.yaxis)


def test_small_parts_share_a_bar(make_explanation):
    explanation = make_explanation(PARTS, n_patients=1)

    display = WaterfallDisplay.from_explanation(explanation, max_parts=4)

    values = pd.Series(explanation.values[0, :, 0], PARTS)
    largest = values.loc[values.abs().nlargest(4).index]
    assert_allclose(display.contributions[:4], largest)
    assert_allclose(
        display.contributions["11 other parts"], values.sum() - largest.sum()
    )


def test_names_of_features_say_what_the_patient_has(make_explanation, texts):
    parts = [("rna", "TP53"), ("clinical", "stage"), ("clinical", "age")]
    data = pd.DataFrame([[1.5, "IV", np.nan]], columns=pd.MultiIndex.from_tuples(parts))

    explanation = make_explanation(parts, n_patients=1, data=data)
    display = WaterfallDisplay.from_explanation(explanation)

    assert set(texts(display.ax_.yaxis)[1:-1]) == {
        "TP53 (rna) = 1.5",
        "stage (clinical) = IV",
        "age (clinical) = missing",
    }


def test_residual_has_its_own_bar(make_explanation):
    explanation = make_explanation(["rna"], 1, residual=np.array([[0.25]]))

    display = WaterfallDisplay.from_explanation(explanation)

    assert_allclose(display.contributions["residual"], 0.25)
    assert_allclose(display.prediction_, explanation.predictions()[0, 0])


def test_of_classes_the_likeliest_is_drawn(make_explanation):
    explanation = make_explanation(PARTS, 1, outputs=["a", "b", "c"], unit="logit")

    display = WaterfallDisplay.from_explanation(explanation)

    likeliest = "abc"[explanation.predictions()[0].argmax()]
    assert display.title == f"patient p0: {likeliest}"
    assert_allclose(display.prediction_, explanation.predictions().max())


def test_log_odds_are_written_as_probabilities_too():
    parts = pd.Series({"rna": 2.0})

    display = WaterfallDisplay(parts, base_value=0.0, unit="log-odds").plot()

    written = [text.get_text() for text in display.ax_.texts]
    assert written == ["0 (50%)", "+2", "2 (88%)"]


def test_values_that_do_not_add_up_are_refused(make_explanation):
    explanation = make_explanation(PARTS, 1, base_values=None)

    with pytest.raises(ValueError, match="do not add up"):
        WaterfallDisplay.from_explanation(explanation)


def test_an_open_choice_of_tasks_is_refused(make_explanation):
    explanation = make_explanation(PARTS, 1, outputs=["dose", "risk"])

    with pytest.raises(ValueError, match="output='dose'"):
        WaterfallDisplay.from_explanation(explanation)


@pytest.mark.parametrize("parts", ["modalities", "features"])
def test_bars_of_an_estimator_lead_to_its_output(fitted, parts):
    estimator, X, _ = fitted

    display = WaterfallDisplay.from_estimator(estimator, X[[0]], parts=parts)

    expected = estimator.decision_function(X[[0]])
    assert_allclose(display.prediction_, expected, rtol=1e-5)


def test_unknown_parts_are_refused(fitted):
    with pytest.raises(ValueError, match="parts is 'genes'. Choose one of"):
        WaterfallDisplay.from_estimator(*fitted[:2], parts="genes")


def test_no_probability_is_written_as_certain():
    display = WaterfallDisplay(pd.Series({"rna": 16.0}), base_value=-8, unit="log-odds")

    display.plot()

    written = [text.get_text() for text in display.ax_.texts]
    assert written == ["-8 (< 1%)", "+16", "8 (> 99%)"]
