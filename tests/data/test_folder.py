import os
from pathlib import Path

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


def test_images_are_aligned_too(folder):
    _save_npz(folder / "mri.npz", X=np.ones((2, 3, 3), dtype=np.uint8), columns=None)

    X, _ = MultiModalData.from_folder(folder, modalities=["mri"])

    assert X["mri"].shape == (3, 3, 3)
    assert X.mask.ravel().tolist() == [True, True, False]


@pytest.mark.parametrize("mmap", [False, True])
def test_rows_of_an_npy_file_are_the_patients_of_the_labels(folder, mmap):
    values = np.array([[1.0, 2.0], [np.nan, np.nan], [5.0, 6.0]], dtype=np.float32)
    np.save(folder / "protein.npy", values)

    X, _ = MultiModalData.from_folder(folder, mmap=mmap)

    assert_array_equal(X["protein"], values)
    assert X.mask[:, list(X).index("protein")].tolist() == [True, False, True]
    assert isinstance(X["protein"], np.memmap) == mmap
    assert isinstance(X[:2]["protein"], np.memmap) == mmap


def test_an_npy_file_of_other_length_than_the_labels_is_refused(folder):
    np.save(folder / "protein.npy", np.zeros((2, 4)))

    with pytest.raises(ValueError, match="shape \\(2, 4\\), but the labels file has 3"):
        MultiModalData.from_folder(folder)


def test_an_npy_file_without_labels_is_refused(folder):
    np.save(folder / "protein.npy", np.zeros((3, 4)))

    with pytest.raises(ValueError, match="'protein.npy' has no patient ids"):
        MultiModalData.from_folder(folder, labels=None)


@pytest.mark.parametrize("mmap", [False, True])
@pytest.mark.parametrize("content", [b"", b"hello", None])
def test_a_damaged_npy_file_is_named(folder, content, mmap):
    np.save(folder / "damaged.npy", np.zeros((3, 2)))
    whole = (folder / "damaged.npy").read_bytes()
    (folder / "damaged.npy").write_bytes(whole[:-8] if content is None else content)

    with pytest.raises(ValueError, match="'damaged.npy' cannot be read: it is incompl"):
        MultiModalData.from_folder(folder, mmap=mmap)


def test_an_npy_file_of_python_objects_is_refused(folder):
    np.save(folder / "protein.npy", np.array([["a"], [1], [2]], dtype=object))

    with pytest.raises(ValueError, match="'protein.npy' cannot be read"):
        MultiModalData.from_folder(folder)


def test_numeric_ids_of_an_npz_file_match_their_text(tmp_path):
    (tmp_path / "labels.csv").write_text("id,y\n1,0\n2,1\n")
    _save_npz(tmp_path / "rna.npz", index=np.array([2, 1]))

    X, _ = MultiModalData.from_folder(tmp_path)

    assert X["rna"]["tp53"].tolist() == [3.0, 1.0]


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


def test_an_npz_file_without_its_arrays_is_refused_with_advice(folder):
    _save_npz(folder / "rna.npz", index=None)

    with pytest.raises(
        ValueError, match=r"'rna.npz' has no array 'index'.*numpy\.savez"
    ):
        MultiModalData.from_folder(folder)


def test_an_npz_file_of_python_objects_is_refused_with_advice(folder):
    _save_npz(folder / "rna.npz", index=np.array(["007", "008"], dtype=object))

    with pytest.raises(ValueError, match=r"'rna.npz' holds Python objects.*astype"):
        MultiModalData.from_folder(folder)


@pytest.mark.parametrize(
    "changed", [{"index": np.array(["007"])}, {"columns": np.array(["tp53"])}]
)
def test_an_npz_file_that_does_not_fit_together_is_refused(folder, changed):
    _save_npz(folder / "rna.npz", **changed)

    with pytest.raises(
        ValueError, match=r"does not fit together: X has shape \(2, 2\)"
    ):
        MultiModalData.from_folder(folder)


@pytest.fixture
def cohorts():
    if "MAGNET_SKLEARN_DATA" not in os.environ:
        pytest.skip("MAGNET_SKLEARN_DATA is not set")
    return Path(os.environ["MAGNET_SKLEARN_DATA"])


@pytest.mark.cohort
def test_an_ovarian_cancer_cohort_has_the_documented_missing_blocks(cohorts):
    X, labels = MultiModalData.from_folder(
        cohorts / "magnet_ov", modalities=["mirna", "mrna_split10"]
    )

    counts = X.missingness_patterns().set_index(["mirna", "mrna_split10"])["n_patients"]
    assert X.shape == (360, 2)
    assert len(labels) == 360
    assert counts.to_dict() == {
        (True, True): 181,
        (True, False): 121,
        (False, False): 55,
        (False, True): 3,
    }


@pytest.mark.cohort
def test_a_glioma_cohort_is_read_whole(cohorts):
    X, labels = MultiModalData.from_folder(cohorts / "tcga_glioma")

    assert sorted(X) == ["clinical", "cnv", "mri_radiomics", "mut", "rna"]
    assert X.index.equals(labels.index)
    assert X.mask.all(axis=1).sum() == 76
