import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from magnet_sklearn.data import MultiModalData
from magnet_sklearn.data._align import join_blocks


def _frame(ids, **columns):
    return pd.DataFrame(columns or {"a": np.arange(float(len(ids)))}, index=list(ids))


def test_patients_come_in_order_of_first_appearance():
    X = MultiModalData.from_frames({"rna": _frame("qp"), "age": _frame("sqr")})

    assert X.index.tolist() == ["q", "p", "s", "r"]
    assert X.mask[:, 0].tolist() == [True, True, False, False]
    assert X.mask[:, 1].tolist() == [True, False, True, True]
    assert X["age"]["a"].dropna().to_dict() == {"q": 1.0, "s": 0.0, "r": 2.0}


id_lists = st.lists(st.integers(0, 8), unique=True, min_size=1, max_size=6)


@pytest.mark.filterwarnings("ignore:Modality .* shares no patient")
@given(ids=st.lists(id_lists, min_size=1, max_size=3))
@settings(max_examples=50, deadline=None)
def test_join_agrees_with_a_lookup_of_each_patient(ids):
    frames = {
        f"m{j}": pd.DataFrame({"id": np.array(own, dtype=float)}, index=own)
        for j, own in enumerate(ids)
    }

    X = MultiModalData.from_frames(frames)

    assert sorted(X.index) == sorted(set().union(*ids))
    for m, own in enumerate(ids):
        for row, patient in enumerate(X.index):
            assert X.mask[row, m] == (patient in own)
            if patient in own:
                assert X[f"m{m}"].iloc[row, 0] == patient


def test_dtypes_survive_absent_patients():
    frame = _frame(
        "pq", sex=pd.Categorical(["f", "m"]), age=np.array([1, 2], dtype=np.float32)
    )

    X = MultiModalData.from_frames({"clinical": frame, "rna": _frame("qr")})

    assert list(X["clinical"].dtypes) == list(frame.dtypes)


def test_a_series_is_a_modality_of_one_column():
    age = pd.Series([48, 61], index=["p", "q"], name="age")

    X = MultiModalData.from_frames({"clinical": age, "rna": _frame("q")})

    assert list(X["clinical"].columns) == ["age"]


def test_patients_with_two_rows_are_refused():
    message = r"'rna' has more than one row for 1 patient id\(s\): 'p'. Keep one row"
    with pytest.raises(ValueError, match=message):
        MultiModalData.from_frames({"rna": _frame("ppq")})


def test_rows_without_patient_id_are_refused():
    frame = pd.DataFrame({"a": [1.0, 2.0]}, index=["p", None])

    with pytest.raises(ValueError, match=r"'rna' has no patient id in row\(s\) 1"):
        MultiModalData.from_frames({"rna": frame})


def test_ids_of_several_levels_are_joined():
    sites = [("a", 1), ("b", 1)]
    rna = pd.DataFrame({"x": [1.0, 2.0]}, index=pd.MultiIndex.from_tuples(sites))

    X = MultiModalData.from_frames({"rna": rna, "age": rna[1:]})

    assert X.index.tolist() == sites
    assert X.mask.tolist() == [[True, False], [True, True]]


def test_numeric_ids_beside_text_ids_are_refused():
    frames = {"rna": _frame([17, 18]), "age": _frame(["17", "18"])}

    with pytest.raises(TypeError, match=r"numbers in modality 'rna' \(17, 18\).*'age'"):
        MultiModalData.from_frames(frames)


def test_arrays_have_no_ids_to_join_by():
    with pytest.raises(TypeError, match="'rna' is ndarray, which has no patient ids"):
        MultiModalData.from_frames({"rna": np.ones((2, 2))})


def test_no_frame_at_all_is_refused():
    with pytest.raises(ValueError, match="pass at least one frame"):
        MultiModalData.from_frames({})


def test_names_are_checked_as_in_the_constructor():
    with pytest.raises(TypeError, match="must be strings, got 3"):
        MultiModalData.from_frames({3: _frame("p")})


def test_a_cohort_sets_rows_and_their_order():
    joined, ids = join_blocks(
        {"rna": np.array([[1.0], [2.0]])},
        {"rna": pd.Index(["p", "q"])},
        pd.Index(["q", "r"]),
    )

    assert ids.tolist() == ["q", "r"]
    assert np.isnan(joined["rna"][1, 0])
    assert joined["rna"][0, 0] == 2.0


def test_several_rows_of_a_patient_are_joined_as_the_user_says():
    frame = _frame("qpq", sex=["f", "m", None], age=[1, 2, 5], ok=[True, False, False])

    first = MultiModalData.from_frames({"clinical": frame}, aggregate="first")
    mean = MultiModalData.from_frames({"clinical": frame}, aggregate="mean")

    assert first["clinical"].index.tolist() == mean.index.tolist() == ["q", "p"]
    assert first["clinical"].to_numpy().tolist() == [["f", 1, 1], ["m", 2, 0]]
    assert mean["clinical"].to_numpy().tolist() == [["f", 3, 0.5], ["m", 2, 0]]


def test_the_mean_of_rows_leaves_out_what_is_missing():
    frame = _frame("ppq", a=[np.nan, 4.0, np.nan])

    X = MultiModalData.from_frames({"rna": frame}, aggregate="mean")

    assert X["rna"]["a"].tolist()[0] == 4.0
    assert X.mask.ravel().tolist() == [True, False]


@pytest.mark.parametrize("aggregate", ["median", True])
def test_an_unknown_aggregation_is_refused(aggregate):
    with pytest.raises(ValueError, match="`aggregate` must be 'first', 'mean' or None"):
        MultiModalData.from_frames({"rna": _frame("p")}, aggregate=aggregate)


def test_rows_without_id_are_no_patient_to_aggregate():
    with pytest.raises(ValueError, match="no patient id"):
        MultiModalData.from_frames({"rna": _frame([None, "p", "p"])}, aggregate="mean")


def test_frames_that_share_no_patient_are_warned_of():
    frames = {"rna": _frame("pq"), "age": _frame("xy")}

    with pytest.warns(UserWarning, match=r"shares no patient.*'rna' has 'p', 'q'"):
        X = MultiModalData.from_frames(frames)

    assert len(X) == 4


def test_ids_that_differ_in_case_are_warned_of_and_not_joined():
    frames = {"rna": _frame(["P1", "P2"]), "age": _frame(["p1", "P2"])}

    with pytest.warns(UserWarning, match="1 of them would match .* 'P1' and 'p1'"):
        X = MultiModalData.from_frames(frames)

    assert len(X) == 3


@pytest.mark.filterwarnings("ignore:Modality 'rna'.* shares no patient")
def test_frames_with_features_in_rows_are_warned_of():
    genes = pd.DataFrame({"p": [1.0, 2.0], "q": [3.0, 4.0]}, index=["TP53", "EGFR"])

    with pytest.warns(
        UserWarning, match=r"columns of modality 'rna' are patients of 'a"
    ):
        MultiModalData.from_frames({"rna": genes, "age": _frame("pq")})
