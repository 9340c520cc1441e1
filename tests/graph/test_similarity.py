"""masked_cosine_similarity against the pairwise definition."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse

from magnet_sklearn.data import MultiModalData
from magnet_sklearn.graph import _similarity, masked_cosine_similarity

NAN = np.nan


def pairwise_cosine(X, Y):
    """Slow reference: one pair after the other, over the modalities both have."""
    similarity = np.zeros((len(X), len(Y)))
    for i in range(len(X)):
        for j in range(len(Y)):
            shared = [m for m in X if X[i].mask[0, m_of(X, m)]]
            shared = [m for m in shared if Y[j].mask[0, m_of(Y, m)]]
            if shared:
                a = np.nan_to_num(np.concatenate([X[m][i] for m in shared]))
                b = np.nan_to_num(np.concatenate([Y[m][j] for m in shared]))
                norms = np.linalg.norm(a) * np.linalg.norm(b)
                similarity[i, j] = a @ b / norms if norms else 0.0
    return similarity


def m_of(X, modality):
    return list(X).index(modality)


def random_data(seed, n_patients):
    rng = np.random.default_rng(seed)
    blocks = {}
    for modality, n_features in [("rna", 5), ("protein", 3), ("age", 1)]:
        block = rng.normal(size=(n_patients, n_features))
        block[rng.random(block.shape) < 0.1] = NAN
        block[rng.random(n_patients) < 0.4] = NAN
        blocks[modality] = block
    return MultiModalData(blocks)


@settings(deadline=None)
@given(seed=st.integers(0, 10_000), n_x=st.integers(1, 9), n_y=st.integers(1, 9))
def test_similarity_equals_the_pairwise_loop(seed, n_x, n_y):
    X, Y = random_data(seed, n_x), random_data(seed + 1, n_y)

    similarity = masked_cosine_similarity(X, Y)

    assert_allclose(similarity, pairwise_cosine(X, Y), atol=1e-14)


def test_similarity_ignores_modalities_one_patient_lacks(make_data):
    full = make_data(rna=[[1, 2]], protein=[[5, 1]])
    no_protein = make_data(rna=[[1, 2]], protein=[[NAN, NAN]])

    similarity = masked_cosine_similarity(full, no_protein)

    assert_allclose(similarity, [[1.0]])


def test_patients_without_a_common_modality_have_similarity_0(make_data):
    X = make_data(rna=[[1.0], [NAN], [NAN]], protein=[[NAN], [2.0], [NAN]])

    assert_array_equal(masked_cosine_similarity(X), np.diag([1.0, 1.0, 0.0]))


def test_zero_vector_has_similarity_0_even_to_itself(make_data):
    X = make_data(rna=[[0.0, 0.0], [1.0, 1.0]])

    assert_allclose(masked_cosine_similarity(X), [[0.0, 0.0], [0.0, 1.0]])


def test_chunks_do_not_change_the_result(monkeypatch):
    X = random_data(3, 20)
    whole = masked_cosine_similarity(X)

    monkeypatch.setattr(_similarity, "CHUNK_SIZE", 3)

    assert_allclose(masked_cosine_similarity(X), whole, atol=1e-15)


@pytest.mark.parametrize("scale", [1e-200, 1e200])
def test_scale_of_the_values_does_not_matter(make_data, scale):
    values = np.array([[1.0, 2.0], [3.0, -1.0]])

    similarity = masked_cosine_similarity(make_data(rna=values * scale))

    assert_allclose(similarity, masked_cosine_similarity(make_data(rna=values)))


def test_frames_sparse_blocks_and_images_count_like_plain_numbers(make_data):
    values = np.random.default_rng(0).normal(size=(4, 6))
    blocks = [
        pd.DataFrame(values),
        sparse.csr_array(values),
        values.reshape(4, 3, 2).astype(np.float64),
    ]
    expected = masked_cosine_similarity(make_data(rna=values))

    for block in blocks:
        result = masked_cosine_similarity(make_data(rna=block))
        assert_allclose(result, expected, atol=1e-6)


def test_order_of_modalities_does_not_matter():
    X = random_data(0, 6)
    turned = MultiModalData({m: X[m] for m in reversed(list(X))})

    assert_allclose(
        masked_cosine_similarity(X, turned), masked_cosine_similarity(X), atol=1e-15
    )


def test_categorical_block_is_an_error(make_data):
    X = make_data(clinical=pd.DataFrame({"age": [1.0], "sex": ["f"]}))

    with pytest.raises(ValueError, match=r"'clinical' has categorical .*'sex'"):
        masked_cosine_similarity(X)


@pytest.mark.parametrize(
    ("other", "match"),
    [
        ({"protein": [[1.0]]}, "the same modalities"),
        ({"rna": [[1.0, 2.0, 3.0]]}, r"'rna' has shape \(2,\) per patient in X"),
        ({"rna": pd.DataFrame({"b": [1.0], "a": [2.0]})}, "Reorder Y's frame"),
    ],
)
def test_different_features_are_an_error(make_data, other, match):
    X = make_data(rna=pd.DataFrame({"a": [1.0], "b": [2.0]}))

    with pytest.raises(ValueError, match=match):
        masked_cosine_similarity(X, MultiModalData(other))
