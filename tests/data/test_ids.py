import numpy as np
import pandas as pd
import pytest

from magnet_sklearn.data import MultiModalData
from magnet_sklearn.data._ids import as_text, found_in


def _frame(ids):
    return pd.DataFrame({"a": np.arange(float(len(ids)))}, index=ids)


def test_positions_are_the_ids_if_nothing_else_is_given(make_data):
    assert make_data(rna=[[1], [2]]).index.equals(pd.RangeIndex(2))


def test_ids_come_from_the_first_frame_that_has_some():
    X = MultiModalData({"rna": np.ones((2, 1)), "age": _frame(["p", "q"])})

    assert X.index.tolist() == ["p", "q"]


def test_frames_with_default_row_labels_get_the_ids():
    plain = pd.DataFrame({"a": [1.0, 2.0]})

    X = MultiModalData({"rna": plain, "age": _frame(["p", "q"])})

    assert X.index.tolist() == ["p", "q"]
    assert X["rna"].index.tolist() == ["p", "q"]
    assert plain.index.tolist() == [0, 1]


def test_given_ids_may_repeat(make_data):
    assert make_data(index=["p", "p"], rna=[[1], [2]]).index.tolist() == ["p", "p"]


def test_given_ids_of_another_length_are_refused(make_data):
    with pytest.raises(ValueError, match="`index` has 1 patient ids.*have 2 rows"):
        make_data(index=["p"], rna=[[1], [2]])


def test_frames_of_other_patients_are_refused_with_both_names_and_ids():
    message = (
        "Modality 'rna' and modality 'age' disagree.*the second has other ids.*"
        r"row\(s\) 1, 2, 3 the first has 'q', 'r', 's', the second 'x', 'y', 'z'.*"
        "MultiModalData.from_frames"
    )
    with pytest.raises(ValueError, match=message):
        MultiModalData({"rna": _frame(list("pqrst")), "age": _frame(list("pxyzu"))})


def test_the_same_patients_in_another_order_are_refused():
    with pytest.raises(ValueError, match="the same patient ids in a different order"):
        MultiModalData({"rna": _frame(["p", "q"]), "age": _frame(["q", "p"])})


def test_ids_that_contradict_a_frame_are_refused():
    with pytest.raises(ValueError, match="`index` and modality 'rna' disagree"):
        MultiModalData({"rna": _frame(["p", "q"])}, index=["p", "r"])


@pytest.mark.parametrize(
    ("ids", "text"),
    [
        ([7, 8], ["7", "8"]),
        ([7.0, 8.0], ["7", "8"]),
        ([7.5, 8.0], ["7.5", "8.0"]),
        (["007", "8"], ["007", "8"]),
        (pd.CategoricalIndex(["p", "q"]), ["p", "q"]),
        (pd.array([7, 8], dtype="Int64"), ["7", "8"]),
    ],
)
def test_ids_of_every_dtype_have_one_text(ids, text):
    assert as_text(pd.Index(ids)).tolist() == text


@pytest.mark.parametrize("ids", [["p", ""], ["p", None], pd.array(["p", pd.NA])])
def test_missing_and_empty_ids_stay_missing(ids):
    assert as_text(pd.Index(ids)).isna().tolist() == [False, True]


def test_ids_of_other_kinds_are_not_found():
    ids = pd.Index(["p", "7"])

    assert found_in(ids, pd.Index([7, ("a", 1), "p"], dtype=object)).tolist() == [
        True,
        False,
    ]
    assert found_in(ids, pd.MultiIndex.from_tuples([("p", 1)])).tolist() == [False] * 2
