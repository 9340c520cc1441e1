import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from scipy.sparse import csr_array
from sklearn.feature_selection import SelectKBest
from sklearn.preprocessing import FunctionTransformer

from magnet_sklearn import MagnetClassifier, MultiModalData
from magnet_sklearn.explain._attribution_columns import user_columns
from magnet_sklearn.preprocessing import ModalityTransformer


def columns_of(X, preprocessor=None):
    """Columns of X in an estimator that has preprocessed it."""
    y = np.arange(len(X)) % 2
    estimator = MagnetClassifier(preprocessor=preprocessor)
    inputs, checked = estimator._new_inputs().read(estimator, X)
    inputs, Z = inputs.fit_transform(checked, y)
    return user_columns(inputs, checked), Z


@pytest.fixture
def table():
    rng = np.random.default_rng(0)
    return pd.DataFrame(rng.normal(size=(20, 3)), columns=["b", "a", "c"]).assign(
        stage=["I", "II", None, "III"] * 5, constant=1.0
    )


def test_codes_of_a_category_are_summed_and_dropped_columns_stay(table):
    columns, Z = columns_of(MultiModalData({"clinical": table}))
    own = columns["clinical"]
    assert own.names == ["b", "a", "c", "stage", "constant"]
    values = np.arange(Z["clinical"].shape[1], dtype=float)[None, :, None]
    assert_array_equal(own.collect(values)[0, :, 0], [0, 1, 2, 3 + 4 + 5, 0])
    assert own.data["stage"].equals(table["stage"])


def test_selected_columns_of_an_array_are_found_by_name(table):
    block = table[["b", "a", "c"]].to_numpy(copy=True)
    block[:, 2] += 5 * (np.arange(20) % 2)
    preprocessor = ModalityTransformer({"rna": SelectKBest(k=1)})
    columns, Z = columns_of(MultiModalData({"rna": block}), preprocessor)
    own = columns["rna"]
    assert own.are_users
    assert own.names == ["rna_0", "rna_1", "rna_2"]
    assert own.places.tolist() == [2]
    assert Z["rna"].shape == (20, 1)


def test_unnamed_columns_of_a_function_are_not_taken_for_those_of_the_user(table):
    block = table[["b", "a", "c"]].to_numpy()
    last = ModalityTransformer({"rna": FunctionTransformer(lambda rows: rows[:, 1:])})
    own = columns_of(MultiModalData({"rna": block}), last)[0]["rna"]
    assert not own.are_users
    assert_array_equal(own.data, block[:, 1:])
    doubled = ModalityTransformer({"rna": FunctionTransformer(lambda rows: 2 * rows)})
    own = columns_of(MultiModalData({"rna": block}), doubled)[0]["rna"]
    assert own.are_users
    assert_array_equal(own.data, block)


def test_sparse_blocks_images_and_empty_modalities_have_columns(table):
    X = {
        "mutations": csr_array(np.eye(20)[:, :3]),
        "image": np.random.default_rng(0).normal(size=(20, 1, 2, 2)),
        "protein": np.full((20, 2), np.nan),
    }
    columns, _ = columns_of(MultiModalData(X))
    assert columns["mutations"].data.to_numpy()[1].tolist() == [0, 1, 0]
    assert columns["image"].names == ["image"]
    assert columns["image"].places.tolist() == [0] * 4
    assert columns["protein"].names == ["protein_0", "protein_1"]
    assert len(columns["protein"].places) == 0
