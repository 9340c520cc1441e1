"""Transformers of single blocks: errors and names."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from sklearn.base import BaseEstimator
from sklearn.decomposition import PCA, TruncatedSVD
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.feature_selection import SelectKBest
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from magnet_sklearn.data import MultiModalData
from magnet_sklearn.preprocessing import ModalityTransformer
from magnet_sklearn.preprocessing._single_blocks import (
    among_all_patients,
    fit_transform_block,
    output_names,
    prefixed_names,
    transform_block,
)

NAN = np.nan


@pytest.fixture
def X():
    rng = np.random.default_rng(0)
    rna = rng.normal(2.0, 3.0, size=(8, 4))
    rna[[2, 5]] = NAN
    clinical = pd.DataFrame({"age": rng.normal(60, 9, 8), "bmi": rng.normal(25, 3, 8)})
    clinical.iloc[3] = NAN
    ids = [f"p{row}" for row in range(8)]
    return MultiModalData({"rna": rna, "clinical": clinical}, index=ids)


class Failing(BaseEstimator):
    """Raises an error of any type."""

    def __init__(self, error):
        self.error = error

    def fit(self, X, y=None):
        raise self.error

    def transform(self, X):
        return X


def test_error_of_a_transformer_names_its_modality(X):
    with_hole = MultiModalData({"rna": [[1.0, NAN], [2.0, 3.0]], "age": [[1.0], [2.0]]})
    transformer = ModalityTransformer({"rna": SelectKBest(k=1)})

    with pytest.raises(ValueError, match=r"SelectKBest on modality 'rna' \(2 x 2\): "):
        transformer.fit(with_hole, [0, 1])
    with pytest.raises(ValueError, match="'rna'.* requires y to be passed"):
        transformer.fit(X)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (TypeError("text"), TypeError),
        (UnicodeDecodeError("utf-8", b"", 0, 1, "bad"), ValueError),
    ],
)
def test_error_of_a_transformer_keeps_its_kind(X, error, kind):
    with pytest.raises(kind, match="Failing on modality 'rna'") as caught:
        ModalityTransformer({"rna": Failing(error)}).fit(X)

    assert repr(caught.value.__cause__) == repr(error)


def test_error_of_an_unusual_kind_has_a_note_with_the_modality(X):
    with pytest.raises(KeyError) as caught:
        ModalityTransformer({"rna": Failing(KeyError("gene"))}).fit(X)

    assert "on modality 'rna'" in caught.value.__notes__[0]


def test_error_at_transform_names_its_modality_too(X):
    transformer = ModalityTransformer({"clinical": StandardScaler()}).fit(X)
    transformer.transformers_["clinical"] = Failing(None)
    transformer.transformers_["clinical"].transform = lambda block: 1 + "1"

    with pytest.raises(TypeError, match="Failing on modality 'clinical'"):
        transformer.transform(X)


@pytest.mark.parametrize("as_frame", [True, False])
def test_transformers_name_the_columns_of_arrays_and_frames_alike(as_frame):
    names = np.array(["TP53", "BRCA1"])
    block = pd.DataFrame(np.eye(2), columns=names) if as_frame else np.eye(2)
    scaler, pca = StandardScaler().fit(block), PCA(1).fit(block)

    assert output_names(scaler, block, names, "rna").tolist() == ["TP53", "BRCA1"]
    if not as_frame:
        assert output_names(pca, block[:, :1], names, "rna").tolist() == ["pca0"]


def test_names_carry_their_modality_and_images_have_none():
    names = {"rna": np.array(["a", "b"]), "mri": None, "age": np.array(["age"])}

    assert prefixed_names(names).tolist() == ["rna__a", "rna__b", "age__age"]


def test_rows_return_to_their_patients():
    spread = among_all_patients(np.array([[1.0], [2.0]]), np.array([True, False, True]))

    np.testing.assert_array_equal(spread, [[1.0], [NAN], [2.0]])


@pytest.mark.parametrize(
    ("transformer", "width"),
    [(CountVectorizer(), 4), (make_pipeline(TfidfVectorizer(), TruncatedSVD(1)), 1)],
)
def test_vectoriser_gets_the_texts_of_the_only_column(transformer, width):
    frame = pd.DataFrame({"note": ["bad cough", "some fever", "cough"]})
    expected = transformer.fit_transform(frame["note"])
    expected = expected.toarray() if hasattr(expected, "toarray") else expected

    found = fit_transform_block(transformer, frame, None, "notes")

    assert found.shape == (3, width)
    for table in (found, transform_block(transformer, frame, "notes")):
        values = table.toarray() if hasattr(table, "toarray") else table
        assert_allclose(values, expected, atol=1e-9)


def test_vectoriser_on_several_columns_is_an_error_with_the_modality():
    frame = pd.DataFrame({"note": ["a cough"], "other": ["fever"]})

    with pytest.raises(ValueError, match="modality 'notes'.*takes texts, but"):
        fit_transform_block(CountVectorizer(), frame, None, "notes")
