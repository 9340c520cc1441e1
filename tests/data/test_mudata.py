from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from scipy import sparse

from magnet_sklearn.data import MultiModalData


@pytest.fixture
def mudata():
    package = pytest.importorskip("mudata")
    # 2026-11: mudata 0.3 warns at every use unless its coming default is chosen
    with package.set_options(pull_on_update=False):
        yield package


def _anndata(values, ids, names):
    # 2026-11: anndata 0.12 warns at every use under pandas 3, mudata 0.3 refuses it
    if int(pd.__version__.split(".")[0]) >= 3:
        pytest.skip("anndata needs pandas<3")
    anndata = pytest.importorskip("anndata")
    return anndata.AnnData(
        values, obs=pd.DataFrame(index=ids), var=pd.DataFrame(index=names)
    )


@pytest.mark.parametrize("wrap", [np.asarray, sparse.csr_matrix])
def test_modalities_come_with_names_and_missing_patients(mudata, wrap):
    rna = _anndata(wrap(np.array([[1.0, 0.0], [3.0, 4.0]])), ["p", "q"], ["g1", "g2"])
    protein = _anndata(wrap(np.array([[5.0], [6.0]])), ["r", "p"], ["p53"])
    mdata = mudata.MuData({"rna": rna, "protein": protein})

    X = MultiModalData.from_mudata(mdata)

    assert list(X) == ["rna", "protein"]
    assert X.index.tolist() == mdata.obs_names.tolist()
    assert X.feature_names["rna"].tolist() == ["g1", "g2"]
    at = {patient: row for row, patient in enumerate(X.index)}
    assert X["rna"].iloc[at["q"]].tolist() == [3.0, 4.0]
    assert X["protein"].iloc[at["p"]].tolist() == [6.0]
    assert X.mask[at["q"]].tolist() == [True, False]
    assert X.mask[at["r"]].tolist() == [False, True]
    for m, name in enumerate(X):
        assert_array_equal(np.asarray(mdata.obsm[name]).ravel(), X.mask[:, m])


def test_shared_variables_instead_of_patients_are_refused(mudata):
    table = _anndata(np.ones((1, 1)), ["p"], ["g"])
    mdata = mudata.MuData({"rna": table}, axis=1)

    with pytest.raises(ValueError, match=r"share variables \(axis=1\), not patients"):
        MultiModalData.from_mudata(mdata)


def test_an_anndata_object_is_one_modality():
    table = _anndata(np.ones((2, 1)), ["p", "q"], ["g"])

    X = MultiModalData.from_mudata(table)

    assert list(X) == ["features"]
    assert X.index.tolist() == ["p", "q"]


def test_a_modality_without_matrix_is_refused():
    mdata = SimpleNamespace(mod={"rna": SimpleNamespace(X=None)}, obs_names=["p"])

    with pytest.raises(ValueError, match="'rna' has no matrix X"):
        MultiModalData.from_mudata(mdata)


def test_the_mask_of_the_object_decides_who_has_a_modality():
    table = SimpleNamespace(
        X=np.ones((2, 1)), to_df=lambda: pd.DataFrame({"g": [1.0, 2.0]}, ["p", "q"])
    )
    mdata = SimpleNamespace(
        mod={"rna": table},
        obs_names=["p", "q"],
        obsm={"rna": np.array([[True], [False]])},
    )

    assert MultiModalData.from_mudata(mdata).mask.tolist() == [[True], [False]]


def test_other_objects_are_type_errors():
    with pytest.raises(TypeError, match="needs a MuData or AnnData object, got dict"):
        MultiModalData.from_mudata({"rna": [[1.0]]})


def test_a_file_of_mudata_brings_the_same_patients_back(mudata, make_data, tmp_path):
    _anndata(np.ones((1, 1)), ["p"], ["g"])  # skips where anndata does not run
    clinical = pd.DataFrame(
        {"age": [61.0, np.nan, 48.0, np.nan], "sex": ["f", None, "m", None]}
    )
    X = make_data(
        index=["s", "q", "r", "p"],
        rna=pd.DataFrame([[1, 2], [3, np.nan], [np.nan, np.nan], [np.nan, np.nan]]),
        clinical=clinical.astype({"sex": "category"}),
        mutations=sparse.csr_array(np.diag([1.0, 0, 2, 3])),
    )

    X.to_mudata().write(tmp_path / "cohort.h5mu")
    back = MultiModalData.from_mudata(mudata.read(tmp_path / "cohort.h5mu"))

    assert back.index.tolist() == X.index.tolist()
    assert_array_equal(back.mask, X.mask)
    for name in X:
        expected = X.to_frame()[name].set_axis(
            X.to_frame()[name].columns.astype(str), axis=1
        )
        pd.testing.assert_frame_equal(
            back.to_frame()[name],
            expected,
            check_dtype=False,
            check_names=False,
            check_categorical=False,
            check_column_type=False,
        )


def test_patients_without_any_block_are_kept(mudata, make_data):
    _anndata(np.ones((1, 1)), ["p"], ["g"])
    X = make_data(index=["p", "q"], rna=[[np.nan], [1.0]])

    back = MultiModalData.from_mudata(X.to_mudata())

    assert back.index.tolist() == ["p", "q"]
    assert back.mask.tolist() == [[False], [True]]


@pytest.mark.parametrize(
    ("index", "block", "message"),
    [
        (["p", "p"], np.ones((2, 1)), "repeat"),
        (["p", "q"], np.ones((2, 1, 1)), "shape"),
    ],
)
def test_what_mudata_cannot_hold_is_refused(mudata, make_data, index, block, message):
    _anndata(np.ones((1, 1)), ["p"], ["g"])
    with pytest.raises(ValueError, match=message):
        make_data(index=index, rna=block).to_mudata()
