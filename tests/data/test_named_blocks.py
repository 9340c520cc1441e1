import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from scipy import sparse

from magnet_sklearn.data import MultiModalData

N_PATIENTS = 7


def _every_kind():
    rng = np.random.default_rng(0)
    values = rng.normal(size=(N_PATIENTS, 3))
    values[[1, 4]] = np.nan
    values[2, 0] = np.nan
    frame = pd.DataFrame(
        {
            "age": rng.normal(size=N_PATIENTS),
            "sex": ["f", None, "m", "f", None, "m", "f"],
        },
        index=list("tuvwxyz"),
    )
    frame.loc["u", "age"] = np.nan
    return MultiModalData(
        {
            "rna": values,
            "clinical": frame,
            "mutation": sparse.csr_array(np.nan_to_num(values) * (values > 0)),
            "mri": rng.normal(size=(N_PATIENTS, 2, 2)),
        }
    )


def test_mask_says_who_has_which_modality_and_cannot_be_changed(make_data):
    X = make_data(rna=[[np.nan, np.nan], [np.nan, 1]], age=[[1], [np.nan]])

    assert X.mask.tolist() == [[False, True], [True, False]]
    with pytest.raises(ValueError, match="read-only"):
        X.mask[0, 0] = True


def test_feature_names_are_columns_or_numbered():
    names = _every_kind().feature_names

    assert names["rna"].tolist() == ["rna_0", "rna_1", "rna_2"]
    assert names["clinical"].tolist() == ["age", "sex"]
    assert names["mri"] is None


def test_to_frame_keeps_categories_and_makes_sparse_dense():
    X = _every_kind()
    tables = MultiModalData({name: X[name] for name in list(X)[:3]})

    frame = tables.to_frame()

    assert frame.columns.names == ["modality", "feature"]
    assert frame.index.equals(X.index)
    assert_array_equal(frame["mutation"].to_numpy(), X["mutation"].toarray())
    pd.testing.assert_series_equal(
        frame["clinical", "sex"], X["clinical"]["sex"], check_names=False
    )


def test_to_frame_works_after_drawing_patients_twice():
    frame = pd.DataFrame({"age": [1.0, 2.0]}, index=["p", "q"])
    X = MultiModalData({"clinical": frame, "rna": np.ones((2, 1))})[[0, 0, 1]]

    assert X.to_frame().index.tolist() == ["p", "p", "q"]


def test_to_frame_refuses_images_by_name():
    with pytest.raises(ValueError, match=r"'mri' has shape \(7, 2, 2\).*Leave it out"):
        _every_kind().to_frame()


def test_missingness_patterns_are_counted_most_frequent_first(make_data):
    X = make_data(rna=[[1], [np.nan], [1], [np.nan]], age=[[1], [1], [1], [np.nan]])

    patterns = X.missingness_patterns()

    assert patterns["n_patients"].tolist() == [2, 1, 1]
    assert patterns[["rna", "age"]].to_numpy().tolist() == [
        [True, True],
        [False, True],
        [False, False],
    ]
