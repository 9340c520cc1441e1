import gzip
import re

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal

from magnet_sklearn.data import MultiModalData


@pytest.fixture
def folder(tmp_path):
    """Three patients; rna has two of them, clinical three in another order."""
    (tmp_path / "labels.csv").write_text("subject,y\n007,1\n008,0\n009,1\n")
    (tmp_path / "clinical.csv").write_text("id,age,sex\n009,61,f\n008,48,\n007,70,m\n")
    (tmp_path / "splits.csv").write_text(",fold\n007,train\n")
    (tmp_path / "README.md").write_text("about")
    _save_npz(tmp_path / "rna.npz")
    return tmp_path


def _save_npz(path, **changed):
    arrays = {
        "X": np.array([[1, 2], [3, np.nan]], dtype=np.float32),
        "index": np.array(["008", "007"]),
        "columns": np.array(["tp53", "egfr"]),
    }
    np.savez(path, **{k: v for k, v in (arrays | changed).items() if v is not None})


def test_labels_set_the_cohort_and_its_order(folder):
    X, labels = MultiModalData.from_folder(folder)

    assert list(X) == ["clinical", "rna"]
    assert X.index.tolist() == labels.index.tolist() == ["007", "008", "009"]
    assert labels["y"].tolist() == [1, 0, 1]
    assert X.mask.tolist() == [[True, True], [True, True], [True, False]]
    assert X["clinical"]["age"].tolist() == [70, 48, 61]
    assert X.feature_names["rna"].tolist() == ["tp53", "egfr"]
    assert X["rna"]["tp53"].dtype == np.float32
    assert_array_equal(X["rna"]["tp53"], [3, 1, np.nan])


def test_modalities_are_read_in_the_order_asked_for(folder):
    X, _ = MultiModalData.from_folder(str(folder), modalities=["rna", "clinical"])
    only, _ = MultiModalData.from_folder(folder, modalities="rna")

    assert list(X) == ["rna", "clinical"]
    assert list(only) == ["rna"]


def test_without_labels_all_patients_of_all_files_are_taken(folder):
    (folder / "labels.csv").unlink()

    X, labels = MultiModalData.from_folder(folder, labels=None)

    assert labels is None
    assert X.index.tolist() == ["009", "008", "007"]


@pytest.mark.parametrize("ids_in_index", [True, False])
def test_parquet_files_are_read(folder, ids_in_index):
    pytest.importorskip("pyarrow")
    frame = pd.DataFrame({"p53": [0.5, 0.7]}, index=pd.Index(["009", "007"], name="id"))
    frame = frame if ids_in_index else frame.reset_index()
    frame.to_parquet(folder / "protein.parquet")

    X, _ = MultiModalData.from_folder(folder, modalities=["protein"])

    assert_array_equal(X["protein"]["p53"], [0.7, np.nan, 0.5])


def test_an_absent_folder_is_reported(tmp_path):
    with pytest.raises(FileNotFoundError, match="There is no folder .*nowhere"):
        MultiModalData.from_folder(tmp_path / "nowhere")


def test_absent_labels_are_reported_with_the_way_out(folder):
    with pytest.raises(FileNotFoundError, match="no labels file 'y.csv'.*labels=None"):
        MultiModalData.from_folder(folder, labels="y.csv")


def test_an_unknown_modality_is_refused_with_the_list(folder):
    message = "modality 'rnaa'.*'clinical', 'rna'. Did you mean 'rna'"
    with pytest.raises(ValueError, match=message):
        MultiModalData.from_folder(folder, modalities=["rnaa"])


def test_a_folder_without_modalities_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"no modality to read.*<modality>\.npz"):
        MultiModalData.from_folder(tmp_path, labels=None)


def test_two_files_of_one_modality_are_refused(folder):
    (folder / "rna.csv").write_text("id,tp53\n007,1\n")

    with pytest.raises(
        ValueError, match=r"'rna' has two files: 'rna.csv' and 'rna.npz'"
    ):
        MultiModalData.from_folder(folder)


def test_patients_unknown_to_the_labels_are_refused_with_count_and_ids(folder):
    _save_npz(folder / "rna.npz", index=np.array(["008", "010"]))

    message = r"'rna.npz' has 1 patient id\(s\) that 'labels.csv' does not have: '010'"
    with pytest.raises(ValueError, match=message):
        MultiModalData.from_folder(folder)


def test_repeated_and_empty_ids_in_the_labels_are_refused(folder):
    (folder / "labels.csv").write_text("subject,y\n007,1\n007,0\n")
    with pytest.raises(ValueError, match=r"'labels.csv' has more than one row.*'007'"):
        MultiModalData.from_folder(folder)

    (folder / "labels.csv").write_text("subject,y\n007,1\n,0\n")
    with pytest.raises(
        ValueError, match=r"'labels.csv' has no patient id in row\(s\) 1"
    ):
        MultiModalData.from_folder(folder)


def _write(path, text):
    raw = text.encode()
    path.write_bytes(gzip.compress(raw) if path.suffix == ".gz" else raw)


@pytest.mark.parametrize(
    ("name", "separator"),
    [
        ("protein.tsv", "\t"),
        ("protein.txt", "\t"),
        ("protein.CSV", ","),
        ("protein.csv.gz", ","),
        ("protein.tsv.gz", "\t"),
        ("protein.csv", ";"),
    ],
)
def test_text_tables_of_many_kinds_are_read(folder, name, separator):
    _write(folder / name, "id,p53,akt\n007,0.5,1\n009,0.7,2\n".replace(",", separator))

    X, _ = MultiModalData.from_folder(folder)

    assert "protein" in X
    assert_array_equal(X["protein"]["p53"], [0.5, np.nan, 0.7])


@pytest.mark.parametrize("name", ["labels.tsv", "labels.csv.gz", "data_clinical.txt"])
def test_labels_may_be_any_text_table(folder, name):
    separator = "," if ".csv" in name else "\t"
    _write(folder / name, "# about\nid,y\n009,1\n008,0\n007,1".replace(",", separator))
    (folder / "labels.csv").unlink()

    X, labels = MultiModalData.from_folder(folder, labels=name)

    assert list(X) == ["clinical", "rna"]
    assert X.index.tolist() == labels.index.tolist() == ["009", "008", "007"]


def test_absent_labels_of_another_suffix_are_suggested(folder):
    (folder / "labels.csv").rename(folder / "labels.tsv")

    with pytest.raises(FileNotFoundError, match=r"Did you mean 'labels\.tsv'"):
        MultiModalData.from_folder(folder)


@pytest.mark.parametrize(
    "name", ["~$rna.csv", ".~lock.rna.csv#", "protein.xlsx", "cnv.h5ad", "rna.rds"]
)
def test_files_left_out_are_named_in_a_warning(folder, name):
    (folder / name).write_bytes(b"x")

    with pytest.warns(UserWarning, match=f"1 file.* left out: .*{re.escape(name)}"):
        X, _ = MultiModalData.from_folder(folder)

    assert list(X) == ["clinical", "rna"]


@pytest.mark.parametrize("name", ["README.txt", ".DS_Store", "._rna.csv", "plot.png"])
def test_files_about_the_data_are_left_out_silently(folder, name):
    (folder / name).write_bytes(b"x")

    X, _ = MultiModalData.from_folder(folder)

    assert list(X) == ["clinical", "rna"]


def test_a_modality_in_a_file_that_is_not_read_is_pointed_out(folder):
    (folder / "protein.xlsx").write_bytes(b"x")

    with pytest.raises(ValueError, match="'protein' in .*Not read: 'protein.xlsx'"):
        MultiModalData.from_folder(folder, modalities=["protein"])


def test_nothing_is_said_about_other_files_if_modalities_are_named(folder):
    (folder / "protein.xlsx").write_bytes(b"x")

    X, _ = MultiModalData.from_folder(folder, modalities=["rna"])

    assert list(X) == ["rna"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"id,a\n",
        b"id,a\n007,1,2\n",
        b"id,a,a\n007,1,2\n",
        b"id,a\n007,1\n007,2\n",
        b"id,a\n,1\n",
        b"id,a\n007,\0\n",
        b"PK\x03\x04",
        "id,a\n007,1\n".encode("utf-16"),
    ],
)
@pytest.mark.parametrize("name", ["protein.csv", "labels.csv"])
def test_every_error_of_a_text_table_names_its_file(folder, name, content):
    (folder / name).write_bytes(content)
    if (name, content) == ("labels.csv", b"id,a\n"):
        pytest.skip("labels without patients are refused elsewhere")

    with pytest.raises(ValueError, match=f"'{name}'"):
        MultiModalData.from_folder(folder)


def test_patients_that_would_match_in_another_spelling_are_shown(tmp_path):
    (tmp_path / "labels.csv").write_text("id,y\nTCGA-01-0001,1\nTCGA-01-0002,0\n")
    (tmp_path / "rna.csv").write_text("id,a\nTCGA-01-0001-01A,1\nTCGA-01-0002-11A,2\n")

    with pytest.raises(ValueError, match=r"first 12 characters of the TCGA barcode"):
        MultiModalData.from_folder(tmp_path)


def test_files_without_common_patients_are_warned_of_if_there_are_no_labels(tmp_path):
    (tmp_path / "rna.csv").write_text("id,a\np,1\nq,2\n")
    (tmp_path / "age.csv").write_text("id,b\n1,1\n2,2\n")

    with pytest.warns(UserWarning, match="shares no patient with any other"):
        MultiModalData.from_folder(tmp_path, labels=None)


@pytest.mark.parametrize("id_column", ["patient", {"clinical": "patient"}])
def test_the_column_of_the_ids_can_be_named(folder, id_column):
    (folder / "labels.csv").write_text("patient,y\n007,1\n008,0\n")
    (folder / "clinical.csv").write_text("age,patient\n61,008\n70,007\n")

    X, _ = MultiModalData.from_folder(folder, modalities="clinical", id=id_column)

    assert X["clinical"]["age"].tolist() == [70, 61]


def test_marks_of_missing_cells_can_be_named(folder):
    (folder / "clinical.csv").write_text("id,age\n007,unknown\n008,48\n009,61\n")

    X, _ = MultiModalData.from_folder(folder, na_values="unknown")

    assert_array_equal(X["clinical"]["age"], [np.nan, 48, 61])


@pytest.mark.parametrize(("aggregate", "age"), [("first", 60), ("mean", 62)])
def test_several_rows_of_a_patient_are_joined_as_the_user_says(folder, aggregate, age):
    (folder / "clinical.csv").write_text("id,age,sex\n007,60,m\n008,48,f\n007,64,\n")

    X, _ = MultiModalData.from_folder(folder, aggregate=aggregate)

    assert X["clinical"].loc["007"].tolist() == [age, "m"]


@pytest.mark.parametrize("ids", [[1.0, 2.0], [1, 2], ["1", "2"]])
def test_ids_of_a_parquet_file_are_text(tmp_path, ids):
    pytest.importorskip("pyarrow")
    (tmp_path / "labels.csv").write_text("id,y\n2,1\n1,0\n")
    frame = pd.DataFrame({"id": ids, "a": [0.1, 0.2]})
    frame.to_parquet(tmp_path / "rna.parquet")

    X, _ = MultiModalData.from_folder(tmp_path)

    assert X["rna"]["a"].tolist() == [0.2, 0.1]


def test_a_table_with_features_in_rows_is_pointed_out(folder):
    (folder / "protein.csv").write_text("gene,007,008\nTP53,1,2\nAKT,3,4\n")

    with pytest.raises(ValueError, match=r"'TP53', 'AKT'. Its columns are patients.*T"):
        MultiModalData.from_folder(folder)


def test_values_in_the_first_column_of_a_parquet_file_are_no_ids(folder):
    pytest.importorskip("pyarrow")
    frame = pd.DataFrame({"age": [61, 61], "patient_id": ["007", "008"]})
    frame.to_parquet(folder / "protein.parquet")

    with pytest.raises(ValueError, match=r"'protein.parquet'.*id='patient_id'"):
        MultiModalData.from_folder(folder)


def test_ids_in_several_spellings_are_brought_to_one(folder):
    (folder / "protein.csv").write_text("id,AKT\nP.8,1\nP.7,2\n")
    (folder / "clinical.csv").write_text("id,age\np-7,70\np-9,61\n")

    X, labels = MultiModalData.from_folder(
        folder, rename_ids=lambda id: id.lower().replace("p", "00").strip("-.")[-1]
    )

    assert X.index.tolist() == labels.index.tolist() == ["7", "8", "9"]
    assert X["protein"]["AKT"].tolist()[:2] == [2, 1]
    assert X["clinical"]["age"].tolist()[::2] == [70, 61]
    assert X["rna"]["tp53"].tolist()[:2] == [3, 1]


def test_unknown_ids_are_shown_beside_those_of_the_labels_with_a_way_out(folder):
    (folder / "protein.csv").write_text("id,AKT\n007-RPPA,1\n")

    with pytest.raises(
        ValueError, match=r"'007-RPPA'.*csv' has '007', '008', .*rename_i"
    ):
        MultiModalData.from_folder(folder)


def test_renamed_ids_have_to_be_text(folder):
    with pytest.raises(TypeError, match="`rename_ids` must return text, got 7, 8, 9"):
        MultiModalData.from_folder(folder, rename_ids=int)
