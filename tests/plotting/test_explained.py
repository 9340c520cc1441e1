"""What displays need of an explanation."""

import pytest

from magnet_sklearn.plotting._explained import (
    check_explanation,
    only,
    place_of,
    size_label,
)


def test_an_explanation_of_nobody_is_refused(make_explanation):
    with pytest.raises(ValueError, match="no patient"):
        check_explanation(make_explanation(["rna"], n_patients=0))


def test_an_unknown_output_is_refused_with_those_there_are(make_explanation):
    with pytest.raises(ValueError, match=r"no output 'c'\. Outputs: \['a', 'b'\]"):
        place_of(make_explanation(["rna"], outputs=["a", "b"]), "c")


def test_a_patient_is_chosen_by_id(make_explanation):
    explanation = make_explanation(["rna"])

    assert only(explanation, "p3").index.tolist() == ["p3"]
    with pytest.raises(ValueError, match="of 6 patients; say which"):
        only(explanation, None)
    with pytest.raises(ValueError, match=r"'p9' is the id of 0 patients"):
        only(explanation, "p9")


def test_labels_say_unit_and_number_of_patients(make_explanation):
    explanation = make_explanation(["rna"], outputs=["a", "b"], unit="logit")

    assert (
        size_label(explanation, "a") == "mean |contribution| for a (logit, 6 patients)"
    )
