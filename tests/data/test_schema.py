import pickle
import warnings

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from scipy import sparse

from magnet_sklearn.data import MultiModalData
from magnet_sklearn.data._schema import ModalitySchema

CLINICAL = pd.DataFrame({"age": [61.0, 48.0], "sex": ["f", "m"]})


def _fitted(**blocks):
    return ModalitySchema.from_data(MultiModalData(blocks))


def _conform(schema, **blocks):
    return schema.conform(MultiModalData(blocks), "MagnetClassifier")


def test_data_that_already_conforms_passes_as_it_is():
    X = MultiModalData({"rna": np.ones((2, 3)), "clinical": CLINICAL})

    assert ModalitySchema.from_data(X).conform(X, "MagnetClassifier") is X


def test_modalities_come_back_in_the_order_of_fit():
    schema = _fitted(rna=[[1.0]], age=[[2.0]])

    X = _conform(schema, age=[[2.0]], rna=[[1.0]])

    assert schema.modalities == list(X) == ["rna", "age"]


def test_an_absent_modality_is_missing_for_all():
    schema = _fitted(rna=np.ones((2, 3)), mri=np.ones((2, 4, 4)), clinical=CLINICAL)

    X = schema.conform(MultiModalData({"rna": [[1, 2, 3]]}, index=["p"]), "Model")

    assert X.mask.tolist() == [[True, False, False]]
    assert X["mri"].shape == (1, 4, 4)
    assert list(X["clinical"].columns) == ["age", "sex"]
    assert X["clinical"].index.tolist() == ["p"]
    assert X["clinical"]["sex"].dtype == object


def test_an_unknown_modality_is_refused_with_a_suggestion():
    schema = _fitted(rna=[[1.0]], protein=[[1.0]])
    message = (
        "X has a modality 'protien' that this MagnetClassifier was not fitted on.\n"
        "Fitted modalities: 'rna', 'protein'. Did you mean 'protein'?"
    )

    with pytest.raises(ValueError) as error:  # noqa: PT011 the text is compared below
        _conform(schema, protien=[[1.0]])

    assert str(error.value) == message


def test_columns_are_matched_by_name():
    schema = _fitted(clinical=CLINICAL)

    X = _conform(schema, clinical=CLINICAL[["sex", "age"]])

    assert list(X["clinical"].columns) == ["age", "sex"]


def test_missing_and_extra_columns_are_named():
    schema = _fitted(clinical=CLINICAL)
    message = (
        r"modality 'clinical'[^\n]*MagnetClassifier was fitted on \(2 columns\).\n"
        r"Seen at fit time, yet now missing: 'age'.\n"
        r"Unseen at fit time: 'aeg'. Did you mean 'age'\?"
    )

    with pytest.raises(ValueError, match=message):
        _conform(schema, clinical=CLINICAL.rename(columns={"age": "aeg"}))


def test_another_width_is_refused_in_the_words_of_scikit_learn():
    message = (
        "X has 1 features, but MagnetClassifier is expecting 3 features as input in "
        "modality 'rna'"
    )
    for narrow in (np.ones((2, 1)), sparse.csr_array(np.ones((2, 1)))):
        with pytest.raises(ValueError, match=message):
            _conform(_fitted(rna=np.ones((2, 3))), rna=narrow)


def test_another_image_shape_is_refused():
    schema = _fitted(mri=np.ones((2, 4, 4)))

    with pytest.raises(
        ValueError, match=r"'mri' has shape \(4, 5\) per patient.*\(4, 4"
    ):
        _conform(schema, mri=np.ones((2, 4, 5)))


def test_text_in_a_numeric_column_is_refused():
    schema = _fitted(clinical=CLINICAL)

    with pytest.raises(
        ValueError, match="'age' of modality 'clinical' was numeric.*'x'"
    ):
        _conform(schema, clinical=pd.DataFrame({"age": ["x"], "sex": ["f"]}))


def test_a_text_column_without_any_value_is_fine_where_fit_saw_numbers():
    now = pd.DataFrame({"age": pd.Categorical([None]), "sex": ["f"]})

    X = _conform(_fitted(clinical=CLINICAL), clinical=now)

    assert X["clinical"]["age"].dtype == np.float64


def test_a_categorical_column_without_any_value_stays_categorical():
    now = pd.DataFrame({"age": [61.0], "sex": [None]})

    X = _conform(_fitted(clinical=CLINICAL), clinical=now)

    assert X["clinical"]["sex"].dtype == object
    assert X["clinical"]["sex"].isna().all()


@pytest.mark.parametrize("wrap", [np.asarray, sparse.csr_array])
def test_an_array_takes_the_names_of_fit_with_a_warning(wrap):
    schema = _fitted(rna=pd.DataFrame({"tp53": [1.0], "egfr": [2.0]}))

    message = (
        "X does not have valid feature names, but MagnetClassifier was fitted with"
    )
    with pytest.warns(UserWarning, match=message):
        X = schema.conform(
            MultiModalData({"rna": wrap([[3.0, 4.0]])}, index=["p"]), "MagnetClassifier"
        )

    assert list(X["rna"].columns) == ["tp53", "egfr"]
    assert X["rna"].index.tolist() == ["p"]
    assert X["rna"].to_numpy().tolist() == [[3.0, 4.0]]


def test_an_array_cannot_replace_a_frame_with_categories():
    with pytest.raises(ValueError, match=r"categorical columns in fit \('sex'\)"):
        _conform(_fitted(clinical=CLINICAL), clinical=[[61.0, 1.0]])


def test_a_frame_loses_its_names_with_a_warning_if_fit_saw_none():
    schema = _fitted(rna=[[1.0, 2.0]])

    with pytest.warns(
        UserWarning, match="X has feature names, but MagnetClassifier was"
    ):
        X = _conform(schema, rna=pd.DataFrame({"tp53": [3.0], "egfr": [None]}))

    assert isinstance(X["rna"], np.ndarray)
    assert_array_equal(X["rna"], [[3.0, np.nan]])


def test_the_names_that_to_frame_gives_are_recognised_without_a_warning():
    schema = _fitted(rna=[[1.0, 2.0]])

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        X = _conform(schema, rna=pd.DataFrame({"rna_1": [2.0], "rna_0": [1.0]}))

    assert_array_equal(X["rna"], [[1.0, 2.0]])


def test_a_frame_with_text_cannot_replace_an_array():
    with pytest.raises(ValueError, match="'sex' of modality 'clinical' was numeric"):
        _conform(_fitted(clinical=[[1.0, 2.0]]), clinical=CLINICAL)


def test_sparse_and_dense_replace_each_other():
    dense = np.eye(2)
    sparse_block = sparse.csr_array(dense)

    assert sparse.issparse(_conform(_fitted(rna=dense), rna=sparse_block)["rna"])
    assert_array_equal(_conform(_fitted(rna=sparse_block), rna=dense)["rna"], dense)


def test_a_schema_is_frozen_and_can_be_pickled():
    schema = _fitted(rna=[[1.0]], clinical=CLINICAL[:1])

    assert pickle.loads(pickle.dumps(schema)) == schema
    with pytest.raises(AttributeError):
        schema.blocks = {}


def test_columns_are_checked_only_where_they_are_learned():
    ids = MultiModalData(
        {"clinical": pd.DataFrame({"mrn": map("m{}".format, range(40))})}
    )

    assert ModalitySchema.from_data(ids).modalities == ["clinical"]
    with pytest.raises(ValueError, match="Column 'mrn' of modality 'clinical'"):
        ModalitySchema.from_data(ids, learns_columns=True)
