import numpy as np
import pytest
from numpy.testing import assert_array_equal

from magnet_sklearn.data import MultiModalData


@pytest.fixture
def folder(tmp_path):
    """Three patients; rna has two of them."""
    (tmp_path / "labels.csv").write_text("subject,y\n007,1\n008,0\n009,1\n")
    _save_npz(tmp_path / "rna.npz")
    return tmp_path


def _save_npz(path, **changed):
    arrays = {
        "X": np.array([[1, 2], [3, np.nan]], dtype=np.float32),
        "index": np.array(["008", "007"]),
        "columns": np.array(["tp53", "egfr"]),
    }
    np.savez(path, **{k: v for k, v in (arrays | changed).items() if v is not None})


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


@pytest.mark.parametrize("kind", ["S", "U", "f4", "f8", "i2"])
def test_ids_of_any_dtype_match_their_text(tmp_path, kind):
    (tmp_path / "labels.csv").write_text("id,y\n1,0\n2,1\n")
    _save_npz(tmp_path / "rna.npz", index=np.array([2, 1]).astype(kind))

    X, _ = MultiModalData.from_folder(tmp_path)

    assert X["rna"]["tp53"].tolist() == [3.0, 1.0]


def test_a_damaged_npz_file_is_named(folder):
    (folder / "rna.npz").write_bytes((folder / "rna.npz").read_bytes()[:-40])

    with pytest.raises(ValueError, match="'rna.npz' cannot be read"):
        MultiModalData.from_folder(folder)


def test_of_repeated_images_the_first_is_taken_if_the_user_says_so(folder):
    images = np.arange(3.0)[:, None, None] * np.ones((3, 2, 2))
    ids = np.array(["007", "007", "009"])
    _save_npz(folder / "mri.npz", X=images, index=ids, columns=None)

    X, _ = MultiModalData.from_folder(folder, modalities="mri", aggregate="first")

    assert X["mri"][[0, 2], 0, 0].tolist() == [0, 2]
    with pytest.raises(ValueError, match="'mri.npz'.*more than one row.*'007'"):
        MultiModalData.from_folder(folder, modalities="mri")


@pytest.mark.parametrize("name", ["x.csv.gz", "x.parquet", "x.npz", "x.npy", "x.gct"])
def test_every_damaged_file_is_named(folder, name):
    if name.endswith("parquet"):
        pytest.importorskip("pyarrow")
    (folder / name).write_bytes(b"\x00\x01damaged")

    with pytest.raises(ValueError, match=f"'{name}'"):
        MultiModalData.from_folder(folder)
