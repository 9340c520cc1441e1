"""ModalityTransformer: one scikit-learn transformer per modality."""

import pickle

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn import config_context
from sklearn.base import BaseEstimator, clone
from sklearn.decomposition import PCA
from sklearn.feature_selection import SelectKBest
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    MaxAbsScaler,
    OneHotEncoder,
    StandardScaler,
)

from magnet_sklearn.data import MultiModalData
from magnet_sklearn.preprocessing import DefaultPreprocessor, ModalityTransformer

NAN = np.nan


class NamelessDoubler(BaseEstimator):
    """Has neither fit_transform nor feature names."""

    def fit(self, X, y=None):
        return self

    def transform(self, X):
        return 2 * np.asarray(X)


@pytest.fixture
def X():
    rng = np.random.default_rng(0)
    rna = rng.normal(2.0, 3.0, size=(8, 4))
    rna[[2, 5]] = NAN
    clinical = pd.DataFrame({"age": rng.normal(60, 9, 8), "bmi": rng.normal(25, 3, 8)})
    clinical.iloc[3] = NAN
    ids = [f"p{row}" for row in range(8)]
    return MultiModalData({"rna": rna, "clinical": clinical}, index=ids)


def test_transformer_is_fitted_on_observed_rows_only(X):
    Xt = ModalityTransformer({"rna": StandardScaler()}).fit_transform(X)

    observed = X["rna"][X.mask[:, 0]]
    expected = StandardScaler().fit_transform(observed)
    assert_array_equal(Xt["rna"][X.mask[:, 0]], expected)
    assert np.isnan(Xt["rna"][[2, 5]]).all()


def test_y_is_restricted_to_the_rows_of_the_modality(X):
    y = np.array([0, 1] * 4)
    selector = SelectKBest(k=1)

    Xt = ModalityTransformer({"rna": selector}).fit_transform(X, y)

    seen = X.mask[:, 0]
    expected = SelectKBest(k=1).fit_transform(X["rna"][seen], y[seen])
    assert_array_equal(Xt["rna"][seen], expected)


def test_transform_equals_fit_transform_on_the_same_patients(X):
    transformer = ModalityTransformer({"rna": PCA(2)}, remainder=StandardScaler())

    at_fit = transformer.fit_transform(X)
    later = transformer.transform(X)

    for modality in X:
        assert_allclose(later[modality], at_fit[modality])


def test_remainder_passes_through_by_default(X):
    Xt = ModalityTransformer({"rna": StandardScaler()}).fit_transform(X)

    pd.testing.assert_frame_equal(Xt["clinical"], X["clinical"])


def test_remainder_transformer_is_cloned_for_each_modality(X):
    remainder = StandardScaler()

    fitted = ModalityTransformer({}, remainder=remainder).fit(X).transformers_

    assert fitted["rna"] is not fitted["clinical"]
    assert not hasattr(remainder, "mean_")


def test_dropped_modality_is_not_in_the_output(X):
    transformer = ModalityTransformer({"rna": "drop"}).fit(X)

    assert list(transformer.transform(X)) == transformer.modalities_ == ["clinical"]


def test_frame_stays_a_frame_with_the_names_of_its_transformer(X):
    transformer = ModalityTransformer({"clinical": PCA(1)}).fit(X)

    clinical = transformer.transform(X)["clinical"]

    assert clinical.columns.tolist() == ["pca0"]
    assert clinical.index.tolist() == X.index.tolist()


def test_feature_names_are_those_of_the_transformers(X):
    transformer = ModalityTransformer({"rna": StandardScaler(), "clinical": PCA(1)})

    names = transformer.fit(X).get_feature_names_out()

    expected = ["rna__rna_0", "rna__rna_1", "rna__rna_2", "rna__rna_3"]
    assert names.tolist() == [*expected, "clinical__pca0"]


def test_transformer_without_names_or_fit_transform_works(X):
    transformer = ModalityTransformer({"rna": NamelessDoubler()}).fit(X)

    assert_array_equal(transformer.transform(X)["rna"], 2 * X["rna"])
    assert transformer.feature_names_out_["rna"].tolist() == [
        "rna_0",
        "rna_1",
        "rna_2",
        "rna_3",
    ]


def test_text_columns_become_a_frame_of_named_numbers(make_data):
    X = make_data(clinical=pd.DataFrame({"sex": ["m", None, "f"]}))

    Xt = ModalityTransformer({"clinical": OneHotEncoder()}).fit_transform(X)

    assert Xt["clinical"].columns.tolist() == ["sex_f", "sex_m"]
    assert_array_equal(Xt["clinical"], [[0, 1], [NAN, NAN], [1, 0]])


def test_sparse_block_stays_sparse_and_missing_rows_missing(make_data):
    dense = np.array([[0.0, 2.0], [NAN, NAN], [4.0, 0.0]])
    X = make_data(rna=sparse.csr_array(dense))

    Xt = ModalityTransformer({"rna": MaxAbsScaler()}).fit_transform(X)

    assert sparse.issparse(Xt["rna"])
    assert_array_equal(Xt["rna"].toarray(), [[0, 1], [NAN, NAN], [1, 0]])


def test_images_pass_through_a_function(make_data):
    images = np.arange(8, dtype=np.float32).reshape(2, 2, 2)
    halve = FunctionTransformer(lambda block: block / 2)

    Xt = ModalityTransformer({"mri": halve}).fit_transform(make_data(mri=images))

    assert_array_equal(Xt["mri"], images / 2)


def test_modality_that_nobody_has_in_fit_is_left_out(make_data):
    X = make_data(rna=[[NAN], [NAN]], age=[[1.0], [2.0]])
    transformer = ModalityTransformer({"rna": StandardScaler()}).fit(X)

    Xt = transformer.transform(make_data(rna=[[1.0]], age=[[2.0]]))

    assert transformer.transformers_["rna"] == "drop"
    assert list(Xt) == ["age"]


def test_modality_that_nobody_has_at_transform_is_missing(X):
    transformer = ModalityTransformer({"rna": PCA(2)}, remainder=PCA(1)).fit(X)

    Xt = transformer.transform(X[[2]])

    assert_array_equal(Xt["rna"], [[NAN, NAN]])
    assert Xt["clinical"].shape == (1, 1)


def test_repeated_patient_ids_are_kept(X):
    sample = X[[0, 0, 2, 3, 3]]

    Xt = ModalityTransformer({"clinical": StandardScaler()}).fit_transform(sample)

    assert Xt.index.tolist() == ["p0", "p0", "p2", "p3", "p3"]
    assert Xt["clinical"].isna().all(axis=1).tolist() == [
        False,
        False,
        False,
        True,
        True,
    ]


def test_nothing_left_is_an_error(X):
    with pytest.raises(ValueError, match="No modality is left"):
        ModalityTransformer({}, remainder="drop").fit(X)


def test_unknown_modality_is_an_error_with_a_suggestion(X):
    with pytest.raises(ValueError, match="Did you mean 'clinical'"):
        ModalityTransformer({"clincal": StandardScaler()}).fit(X)


@pytest.mark.parametrize("value", ["keep", 3, None])
def test_value_that_is_no_transformer_is_an_error(X, value):
    with pytest.raises(TypeError, match="transformer of modality 'rna' must be"):
        ModalityTransformer({"rna": value}).fit(X)


def test_parameters_of_a_modality_are_reached_by_its_name(X):
    transformer = ModalityTransformer({"rna": StandardScaler()})

    transformer.set_params(rna__with_mean=False)

    assert transformer.get_params()["rna__with_mean"] is False
    assert transformer.fit(X).transformers_["rna"].with_mean is False


def test_transformer_of_a_modality_is_replaced_by_its_name():
    transformers = {"rna": StandardScaler()}
    transformer = ModalityTransformer(transformers)

    transformer.set_params(rna="passthrough", remainder="drop")

    assert transformer.transformers == {"rna": "passthrough"}
    assert transformer.remainder == "drop"
    assert isinstance(transformers["rna"], StandardScaler)


def test_modality_called_remainder_does_not_hide_the_parameter():
    transformer = ModalityTransformer({"remainder": StandardScaler()}, remainder="drop")

    assert transformer.get_params()["remainder"] == "drop"
    assert clone(transformer).remainder == "drop"


def test_clone_shares_no_transformer():
    transformer = ModalityTransformer({"rna": StandardScaler()})

    copy = clone(transformer).set_params(rna__with_std=False)

    assert transformer.transformers["rna"].with_std is True
    assert copy.transformers["rna"].with_std is False


def test_works_before_other_transformers_in_a_pipeline_and_pickles(X):
    pipeline = make_pipeline(
        ModalityTransformer({"rna": StandardScaler()}), DefaultPreprocessor()
    ).fit(X)

    Xt = pickle.loads(pickle.dumps(pipeline)).transform(X[[1, 2]])

    assert Xt.mask.tolist() == [[True, True], [False, True]]
    assert pipeline.get_feature_names_out()[-1] == "clinical__bmi"


@pytest.mark.parametrize("when", ["before fit", "after fit", "in the configuration"])
def test_output_can_be_pandas_frames(X, when):
    transformer = ModalityTransformer({"rna": StandardScaler()})
    expected = transformer.fit_transform(X)
    if when == "before fit":
        transformer = clone(transformer.set_output(transform="pandas")).fit(X)
    elif when == "after fit":
        transformer.set_output(transform="pandas")

    with config_context(
        transform_output="pandas" if when == "in the configuration" else "default"
    ):
        Xt = transformer.transform(X)

    assert Xt["rna"].columns.tolist() == ["rna_0", "rna_1", "rna_2", "rna_3"]
    assert Xt["rna"].index.tolist() == X.index.tolist()
    assert_array_equal(Xt["rna"], expected["rna"])


def test_sparse_blocks_become_frames_and_images_stay(make_data):
    X = make_data(rna=sparse.csr_array(np.eye(3)), mri=np.ones((3, 2, 2)))

    Xt = ModalityTransformer({}).set_output(transform="pandas").fit_transform(X)

    assert_array_equal(Xt["rna"], np.eye(3))
    assert isinstance(Xt["rna"], pd.DataFrame)
    assert isinstance(Xt["mri"], np.ndarray)


def test_frame_that_a_transformer_makes_of_an_array_has_the_names_of_its_input(X):
    scaler = StandardScaler().set_output(transform="pandas")

    Xt = ModalityTransformer({"rna": scaler}).fit_transform(X)

    assert Xt["rna"].columns.tolist() == ["rna_0", "rna_1", "rna_2", "rna_3"]


def test_pipeline_passes_the_kind_of_output_on(X):
    pipeline = make_pipeline(ModalityTransformer({"rna": StandardScaler()}))

    Xt = pipeline.set_output(transform="pandas").fit_transform(X)

    assert isinstance(Xt["rna"], pd.DataFrame)


def test_other_kinds_of_output_are_refused_with_the_way():
    with pytest.raises(ValueError, match=r"got 'polars'.*X_out\.to_frame\(\)"):
        ModalityTransformer({}).set_output(transform="polars")


def test_target_of_other_patients_is_refused():
    X = MultiModalData({"rna": np.eye(4)}, index=list("abcd"))
    y = pd.Series([0, 1, 0, 1], index=list("dcba"))
    with pytest.raises(ValueError, match=r"y\.loc\[X\.index\]"):
        ModalityTransformer({"rna": SelectKBest(k=1)}).fit(X, y)
