from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from scipy import sparse

from magnet_sklearn.data import MultiModalData, check_multimodal


def test_multimodal_data_passes_as_it_is(make_data):
    X = make_data(rna=[[1.0]])

    assert check_multimodal(X) is X


def test_a_mapping_becomes_multimodal_data():
    X = check_multimodal({"rna": [[1.0, 2.0]], "age": [[61]]})

    assert isinstance(X, MultiModalData)
    assert list(X) == ["rna", "age"]


@pytest.mark.parametrize(
    "X",
    [
        [[1.0, 2.0]],
        np.array([[1, 2]]),
        pd.DataFrame({"a": [1.0], "b": [2.0]}),
        sparse.csc_matrix([[1.0, 2.0]]),
    ],
)
def test_a_flat_table_is_one_modality_called_features(X):
    assert check_multimodal(X).shape == (1, 1)
    assert check_multimodal(X)["features"].shape == (1, 2)


def test_the_first_column_level_is_the_modality_in_order_of_appearance():
    columns = [("rna", "tp53"), ("age", "age"), ("rna", "egfr")]
    frame = pd.DataFrame(
        [[1, 2, 3]], columns=pd.MultiIndex.from_tuples(columns), index=["p"]
    )

    X = check_multimodal(frame)

    assert list(X) == ["rna", "age"]
    assert X.feature_names["rna"].tolist() == ["tp53", "egfr"]
    assert X["rna"].to_numpy().tolist() == [[1, 3]]
    assert X.index.tolist() == ["p"]


@pytest.mark.parametrize("as_frame", [False, True])
def test_modalities_cut_a_flat_table(as_frame):
    table = np.arange(6.0).reshape(2, 3)
    X = pd.DataFrame(table, columns=list("abc")) if as_frame else table

    data = check_multimodal(X, modalities={"rna": slice(1, 3), "age": [0]})

    assert_array_equal(np.asarray(data["rna"]), table[:, 1:])
    assert_array_equal(np.asarray(data["age"]), table[:, :1])


@pytest.mark.parametrize("X", [{"rna": [[1.0]]}, MultiModalData({"rna": [[1.0]]})])
def test_modalities_beside_named_blocks_are_refused(X):
    with pytest.raises(ValueError, match="already has named modalities"):
        check_multimodal(X, modalities={"rna": [0]})


def test_a_mudata_object_is_pointed_to_from_mudata():
    X = SimpleNamespace(mod={}, obs_names=[])

    with pytest.raises(TypeError, match=r"MultiModalData\.from_mudata\(X\)"):
        check_multimodal(X)


def test_no_patients_are_refused(make_data):
    with pytest.raises(
        ValueError, match=r"0 patients: X has 0 sample\(s\) while a min"
    ):
        check_multimodal(make_data(rna=[[1.0]])[[]])


def test_no_features_are_refused_in_the_words_of_scikit_learn():
    message = r"0 feature\(s\) \(shape=\(3, 0\)\) while a minimum of 1 is required."
    with pytest.raises(ValueError, match=message):
        check_multimodal(np.empty((3, 0)))


def _with_infinity():
    values = np.zeros((8, 3))
    values[1:, 2] = np.inf
    return values


@pytest.mark.parametrize(
    ("block", "column"),
    [
        (_with_infinity(), "2"),
        (-_with_infinity(), "2"),
        (_with_infinity().astype(np.float32), "2"),
        (sparse.csr_array(_with_infinity()), "2"),
        (pd.DataFrame(_with_infinity(), columns=["a", "b", "c"]), "'c'"),
        (_with_infinity().reshape(8, 3, 1), "2"),
    ],
)
def test_infinite_values_are_refused_by_modality_rows_and_column(block, column):
    message = (
        rf"'rna' contains infinity: row\(s\) 1, 2, 3, 4, 5, \.\.\., first in column "
        rf"{column}"
    )
    with pytest.raises(ValueError, match=message):
        check_multimodal({"rna": block})


def test_rows_with_infinity_are_counted_over_chunks(monkeypatch):
    monkeypatch.setattr("magnet_sklearn.data._blocks._CHUNK_VALUES", 6)

    with pytest.raises(ValueError, match=r"row\(s\) 1, 2, 3, 4, 5, \.\.\."):
        check_multimodal(_with_infinity())


def test_infinity_beside_text_columns_names_the_right_column():
    frame = pd.DataFrame({"sex": ["f", "m"], "age": [1.0, np.inf]})

    with pytest.raises(ValueError, match=r"row\(s\) 1, first in column 'age'"):
        check_multimodal({"clinical": frame})


def test_missing_values_are_fine():
    assert len(check_multimodal([[np.nan, 1.0], [np.nan, np.nan]])) == 2


def test_a_series_is_not_taken_for_a_table():
    frame = pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, 4.0]}, index=["p", "q"])

    with pytest.raises(ValueError, match=r"X is a Series of 2.*frame\.loc\[\[id\]\]"):
        check_multimodal(frame.loc["p"])
    with pytest.raises(ValueError, match=r"Reshape your data"):
        check_multimodal(frame["a"], modalities={"rna": [0]})
