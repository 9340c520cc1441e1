import pandas as pd
import pytest

from magnet_sklearn.data import MultiModalData
from magnet_sklearn.data._id_columns import column_of, id_columns, is_id_name, with_ids


@pytest.mark.parametrize(
    "name",
    ["id", "ID", "patient_id", "Patient ID", "sampleId", "bcr_patient_barcode", "MRN"],
)
def test_names_of_ids_are_known_in_every_spelling(name):
    assert is_id_name(name)


@pytest.mark.parametrize("name", ["age", "case", "sample_type", "idh1", "hybrid", 3])
def test_other_names_are_not_taken_for_ids(name):
    assert not is_id_name(name)


@pytest.mark.parametrize("dtype", [object, "string", "category", "str"])
def test_text_that_never_repeats_looks_like_an_id(dtype):
    codes = pd.Series(["x1", "x2", "x3"], dtype=dtype)
    frame = pd.DataFrame({"age": [1, 2, 3], "code": codes, "sex": ["f", "m", "f"]})

    assert id_columns(frame) == ["code"]


@pytest.mark.parametrize("column", [[101, 102, 103], ["x", "y", "z"], ["x", "x", "y"]])
def test_default_row_numbers_beside_an_id_are_refused_with_the_line(column):
    frame = pd.DataFrame({"patient_id": column, "a": [1.0, 2.0, 3.0]})

    with pytest.raises(ValueError, match=r"'rna' has row numbers.*id='patient_id'"):
        MultiModalData.from_frames({"rna": frame})


def test_row_numbers_left_after_a_selection_are_refused_too():
    frame = pd.DataFrame({"code": ["p", "q", "r", "s"], "a": [1.0, 2.0, 3.0, 4.0]})

    with pytest.raises(ValueError, match="row numbers.*'code'"):
        MultiModalData.from_frames({"rna": frame.iloc[[3, 1, 2]]})


def test_row_labels_that_are_ids_stay_beside_another_id():
    frame = pd.DataFrame({"sample_id": ["s1", "s2"]}, index=["p", "q"])

    assert with_ids("Modality 'rna'", frame, None) is frame


def test_default_row_numbers_join_where_there_is_no_other_id():
    frames = {"rna": pd.DataFrame({"a": [1, 2]}), "age": pd.DataFrame({"b": [3, 4]})}

    assert MultiModalData.from_frames(frames).mask.all()


@pytest.mark.parametrize("id_column", ["patient", {"rna": "patient", "age": "patient"}])
def test_the_column_of_the_ids_can_be_named(id_column):
    rna = pd.DataFrame({"patient": ["p", "q"], "a": [1.0, 2.0]})
    age = pd.DataFrame({"age": [61, 48], "patient": ["q", "p"]})

    X = MultiModalData.from_frames({"rna": rna, "age": age}, id=id_column)

    assert X.index.tolist() == ["p", "q"]
    assert X["age"]["age"].tolist() == [48, 61]
    assert list(X["rna"].columns) == ["a"]


def test_row_labels_of_that_name_are_ids_too():
    frame = pd.DataFrame({"a": [1.0]}, index=pd.Index(["p"], name="patient"))

    assert with_ids("Modality 'rna'", frame, "patient") is frame


def test_an_absent_column_is_refused_with_the_probable_one():
    frame = pd.DataFrame({"patient": ["p"], "a": [1.0]})

    with pytest.raises(ValueError, match=r"no column 'Patient'.*mean 'patient'"):
        MultiModalData.from_frames({"rna": frame}, id="Patient")


def test_a_column_for_an_unknown_modality_is_refused():
    frame = pd.DataFrame({"a": [1.0]}, index=["p"])

    with pytest.raises(ValueError, match=r"modality 'RNA'.*Did you mean 'rna'"):
        MultiModalData.from_frames({"rna": frame}, id={"RNA": "patient"})


def test_a_mapping_names_the_column_of_some_modalities():
    assert column_of({"rna": "patient"}, "rna") == "patient"
    assert column_of({"rna": "patient"}, "age") is None
    assert column_of("patient", "age") == "patient"


@pytest.mark.parametrize("column", [[7, 8, 9], ["p", "q", "r"]])
def test_row_labels_that_are_numbers_count_as_ids_once_they_have_a_name(column):
    frame = pd.DataFrame({"sample_id": column}, index=[30, 10, 20])

    with pytest.raises(ValueError, match=r"'sample_id'.*frame\.index\.name = 'id'"):
        MultiModalData.from_frames({"rna": frame})
    named = frame.rename_axis("patient")
    assert MultiModalData.from_frames({"rna": named}).index.tolist() == [30, 10, 20]


def test_blocks_whose_columns_of_ids_disagree_are_refused():
    rna = pd.DataFrame({"patient_id": ["p", "q"], "a": [1.0, 2.0]})
    age = pd.DataFrame({"patient_id": ["q", "p"], "age": [61, 48]})

    with pytest.raises(ValueError, match=r"row 0: 'p' and 'q'.*id='patient_id'"):
        MultiModalData({"rna": rna, "age": age})
    assert len(MultiModalData({"rna": rna, "age": age.iloc[::-1].reset_index()})) == 2
