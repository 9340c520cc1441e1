"""DefaultPreprocessor: dense blocks in which only whole rows are NaN."""

import pickle
from copy import deepcopy

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from magnet_sklearn.data import MultiModalData
from magnet_sklearn.preprocessing import DefaultPreprocessor

NAN = np.nan


@pytest.fixture
def mixed(make_data):
    clinical = pd.DataFrame(
        {
            "sex": ["m", "f", None, "f", None],
            "age": [50.0, 60.0, NAN, 70.0, NAN],
            "stage": pd.Categorical(["II", "I", "III", None, None], ["III", "II", "I"]),
            "site": ["a", "a", "a", None, None],
            "nothing": [NAN] * 5,
        }
    )
    rna = [[1.0, 2.0], [NAN, 4.0], [NAN, NAN], [5.0, 6.0], [1.0, 0.0]]
    return make_data(rna=rna, clinical=clinical)


def test_numeric_columns_get_mean_0_and_variance_1_over_observed_rows(mixed):
    rna = DefaultPreprocessor().fit_transform(mixed)["rna"][[0, 1, 3, 4]]

    assert_allclose(rna.mean(axis=0), 0, atol=1e-12)
    assert_allclose(rna[:, 1].var(), 1)


def test_missing_cell_becomes_the_training_mean(mixed):
    assert DefaultPreprocessor().fit_transform(mixed)["rna"][1, 0] == 0.0


def test_only_missing_rows_are_nan(mixed):
    Xt = DefaultPreprocessor().fit_transform(mixed)

    for modality, observed in zip(mixed, mixed.mask.T, strict=True):
        assert_array_equal(np.isnan(Xt[modality]).all(axis=1), ~observed)
        assert_array_equal(np.isnan(Xt[modality]).any(axis=1), ~observed)
    assert_array_equal(Xt.mask, mixed.mask)


def test_categories_follow_the_numbers_sorted_one_group_per_column(mixed):
    preprocessor = DefaultPreprocessor().fit(mixed)

    names = ["age", "sex_f", "sex_m", "stage_I", "stage_II", "stage_III"]
    assert preprocessor.feature_names_out_["clinical"].tolist() == names
    assert preprocessor.category_sizes_ == {"rna": [], "clinical": [2, 3]}
    assert_array_equal(
        preprocessor.transform(mixed)["clinical"][:4, 1:],
        [[0, 1, 0, 1, 0], [1, 0, 1, 0, 0], [0, 0, 0, 0, 1], [1, 0, 0, 0, 0]],
    )


def test_unseen_category_counts_as_missing(mixed):
    preprocessor = DefaultPreprocessor().fit(mixed)
    query = mixed["clinical"].iloc[[0]].assign(sex="x", stage="IV")

    Xt = preprocessor.transform(MultiModalData({"clinical": query}))

    assert_array_equal(Xt["clinical"][0, 1:], np.zeros(5))


def test_numbered_and_mixed_categories_are_told_apart(make_data):
    frame = pd.DataFrame({"code": pd.Categorical([10, 2, 10, 2])})

    preprocessor = DefaultPreprocessor().fit(make_data(codes=frame))

    assert preprocessor.feature_names_out_["codes"].tolist() == ["code_2", "code_10"]


def test_feature_names_carry_their_modality(mixed):
    names = DefaultPreprocessor().fit(mixed).get_feature_names_out()

    assert names[:3].tolist() == ["rna__rna_0", "rna__rna_1", "clinical__age"]


def test_block_without_information_becomes_one_column_of_zeros(make_data):
    X = make_data(rna=[[1.0, 2.0], [1.0, 2.0], [NAN, NAN]], age=[[1.0], [2.0], [3.0]])

    preprocessor = DefaultPreprocessor().fit(X)

    assert_array_equal(preprocessor.transform(X)["rna"], [[0.0], [0.0], [NAN]])
    assert preprocessor.feature_names_out_["rna"].tolist() == ["rna_0"]


def test_text_block_of_one_category_becomes_one_column_of_zeros(make_data):
    X = make_data(site=pd.DataFrame({"site": ["a", "a"]}))

    assert_array_equal(DefaultPreprocessor().fit_transform(X)["site"], [[0.0], [0.0]])


def test_modality_that_nobody_has_is_left_out_and_ignored_later(make_data):
    X = make_data(rna=[[1.0], [2.0]], protein=[[NAN, NAN], [NAN, NAN]])
    preprocessor = DefaultPreprocessor().fit(X)

    Xt = preprocessor.transform(make_data(rna=[[1.0]], protein=[[3.0, 4.0]]))

    assert preprocessor.modalities_ == list(Xt) == ["rna"]


def test_data_without_any_observed_block_is_an_error(make_data):
    with pytest.raises(ValueError, match="No modality has an observed value"):
        DefaultPreprocessor().fit(make_data(rna=[[NAN], [NAN]]))


def test_modality_absent_at_transform_is_missing_for_all(mixed):
    preprocessor = DefaultPreprocessor().fit(mixed)

    Xt = preprocessor.transform({"rna": [[1.0, 2.0]]})

    assert Xt.mask.tolist() == [[True, False]]
    assert Xt["clinical"].shape == (1, 6)


def test_unknown_modality_is_an_error_with_a_suggestion(mixed):
    with pytest.raises(ValueError, match="Did you mean 'rna'"):
        DefaultPreprocessor().fit(mixed).transform({"rnaa": [[1.0, 2.0]]})


def test_sparse_block_gives_what_its_dense_form_gives(make_data):
    dense = np.random.default_rng(0).poisson(0.7, size=(20, 5)).astype(float)

    from_dense = DefaultPreprocessor().fit_transform(make_data(rna=dense))
    from_sparse = DefaultPreprocessor().fit_transform(
        make_data(rna=sparse.csr_array(dense))
    )

    assert_array_equal(from_sparse["rna"], from_dense["rna"])


def test_image_is_not_scaled_and_its_holes_get_the_mean_of_the_block(make_data):
    images = np.arange(12, dtype=np.float32).reshape(3, 1, 2, 2)
    images[0, 0, 0, 0], images[2] = NAN, NAN

    Xt = DefaultPreprocessor().fit_transform(make_data(mri=images))

    assert Xt["mri"].dtype == np.float32
    assert Xt["mri"][0, 0, 0, 0] == 4.0
    assert_array_equal(Xt["mri"][1:], images[1:])


def test_input_is_never_written_to(mixed):
    before = deepcopy(mixed)

    DefaultPreprocessor().fit_transform(mixed)

    assert_array_equal(mixed["rna"], before["rna"])
    pd.testing.assert_frame_equal(mixed["clinical"], before["clinical"])


def test_pickled_and_cloned_preprocessors_work(mixed):
    fitted = DefaultPreprocessor().fit(mixed)

    again = pickle.loads(pickle.dumps(fitted)).transform(mixed)

    assert_array_equal(again["rna"], fitted.transform(mixed)["rna"])
    with pytest.raises(NotFittedError):
        clone(fitted).transform(mixed)


@settings(deadline=None)
@given(seed=st.integers(0, 10_000), rows=st.lists(st.integers(0, 29), min_size=1))
def test_row_gets_the_same_values_alone_and_in_any_batch(seed, rows):
    rng = np.random.default_rng(seed)
    rna = rng.normal(size=(30, 4))
    rna[rng.random((30, 4)) < 0.3] = NAN
    X = MultiModalData({"rna": rna, "age": rng.normal(size=(30, 1))})
    preprocessor = DefaultPreprocessor().fit(X)

    batch = preprocessor.transform(X[rows])

    for place, row in enumerate(rows):
        alone = preprocessor.transform(X[row])
        for modality in X:
            assert_array_equal(alone[modality][0], batch[modality][place])


def test_missing_cells_stay_missing_if_asked(make_data):
    clinical = pd.DataFrame(
        {"age": [1.0, 3.0, np.nan], "stage": pd.Series(["I", None, "II"], dtype=object)}
    )
    X = make_data(clinical=clinical, rna=[[1.0, np.nan], [3.0, 2.0], [np.nan, 4.0]])

    dense = DefaultPreprocessor(impute=False).fit_transform(X)

    nan = np.nan
    assert_allclose(dense["clinical"], [[-1, 1, 0], [1, nan, nan], [nan, 0, 1]])
    assert_allclose(dense["rna"], [[-1, nan], [1, -1], [nan, 1]])
    assert dense.mask.all()


def test_output_columns_know_the_input_column_they_were_made_of(make_data):
    clinical = pd.DataFrame({"stage": ["I", "II"], "sex": ["f", "f"], "age": [1, 2]})

    preprocessor = DefaultPreprocessor().fit(make_data(clinical=clinical))

    assert preprocessor.feature_names_out_["clinical"].tolist() == [
        "age",
        "stage_I",
        "stage_II",
    ]
    assert preprocessor.input_names_["clinical"].tolist() == ["age", "stage", "stage"]
