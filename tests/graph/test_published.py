"""The published graph against a slow loop over pairs."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from magnet_sklearn.data import MultiModalData
from magnet_sklearn.graph import masked_cosine_similarity, published_patient_graph

NAN = np.nan


def random_data(seed, n_patients):
    rng = np.random.default_rng(seed)
    blocks = {}
    for modality, n_features in [("rna", 5), ("protein", 3)]:
        block = rng.normal(size=(n_patients, n_features))
        block[rng.random(n_patients) < 0.4] = NAN
        blocks[modality] = block
    return MultiModalData(blocks)


def slow_part(X, members, sparse_rate):
    """Edges {(i, j): weight} of one part, as the paper words it."""
    similarity = {}
    for i in members:
        for j in members:
            first, second = int(min(i, j)), int(max(i, j))
            value = abs(masked_cosine_similarity(X[first], X[second])[0, 0])
            similarity[i, j] = 0.0 if i == j else value
    ranked = sorted(similarity.values())
    threshold = ranked[int(sparse_rate * len(ranked))]
    kept = {pair: s for pair, s in similarity.items() if s >= threshold}
    for i in members:
        if not any(kept.get((i, j), 0) > 0 for j in members):
            nearest = max(members, key=lambda j: similarity[i, j])
            kept[i, nearest] = kept[nearest, i] = similarity[i, nearest]
    return {pair: s for pair, s in kept.items() if s > 0}


@settings(deadline=None, max_examples=40)
@given(
    seed=st.integers(0, 10_000),
    sparse_rate=st.sampled_from([0.0, 0.5, 0.8, 0.95]),
    n_test=st.integers(0, 5),
)
def test_graph_equals_the_slow_loop(seed, sparse_rate, n_test):
    X = random_data(seed, 11)
    is_test = np.random.default_rng(seed).permutation(11) < n_test

    edge_index, edge_weight = published_patient_graph(
        X, is_test=is_test, sparse_rate=sparse_rate
    )

    expected = slow_part(X, np.flatnonzero(~is_test), sparse_rate)
    if n_test:
        expected |= slow_part(X, np.flatnonzero(is_test), sparse_rate)
    pairs = sorted(expected)
    assert_array_equal(edge_index.T.reshape(-1, 2), np.reshape(pairs, (-1, 2)))
    assert_allclose(edge_weight, [expected[pair] for pair in pairs], atol=1e-12)


@pytest.mark.parametrize("sparse_rate", [0.5, 0.9, 0.95])
@pytest.mark.parametrize("seed", [103, 104, 105])
def test_every_edge_goes_both_ways(seed, sparse_rate):
    edge_index, edge_weight = published_patient_graph(
        random_data(seed, 40), sparse_rate=sparse_rate
    )

    weights = dict(zip(map(tuple, edge_index.T.tolist()), edge_weight, strict=True))
    assert all(weights[j, i] == weight for (i, j), weight in weights.items())


def test_patients_without_a_test_set_are_one_part():
    X = random_data(0, 11)

    alone = published_patient_graph(X)
    named = published_patient_graph(X, is_test=np.zeros(11, dtype=bool))

    assert_array_equal(alone[0], named[0])


def test_edges_never_cross_from_training_to_test_patients():
    is_test = np.arange(11) % 3 == 0

    edge_index, _ = published_patient_graph(random_data(1, 11), is_test=is_test)

    assert (is_test[edge_index[0]] == is_test[edge_index[1]]).all()


def test_test_patient_alone_has_no_edge():
    edge_index, edge_weight = published_patient_graph(
        random_data(2, 4), is_test=[False, False, False, True]
    )

    assert 3 not in edge_index
    assert len(edge_weight) == edge_index.shape[1]


@pytest.mark.parametrize("sparse_rate", [-0.1, 1.0])
def test_sparse_rate_out_of_range_is_an_error(sparse_rate):
    with pytest.raises(ValueError, match="sparse_rate must be in"):
        published_patient_graph(random_data(0, 4), sparse_rate=sparse_rate)


def test_positions_instead_of_a_mask_are_an_error():
    with pytest.raises(ValueError, match="is_test must be a bool array"):
        published_patient_graph(random_data(0, 4), is_test=[2, 3])
