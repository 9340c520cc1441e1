"""PatientGraphBuilder: leak-free, and every patient's edges are its own."""

import itertools
import pickle

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from magnet_sklearn.data import MultiModalData
from magnet_sklearn.graph import PatientGraphBuilder

NAN = np.nan
METRICS = ("cosine", "euclidean")
SIZES = {"rna": 7, "protein": 4, "clinical": 2}

builders = st.builds(
    PatientGraphBuilder,
    n_neighbors=st.integers(1, 12),
    metric=st.sampled_from(METRICS),
    n_components=st.sampled_from([None, 3]),
    shrinkage=st.sampled_from([0.0, 5.0]),
    chunk_size=st.sampled_from([1, 3, 2048]),
)


def random_data(rng, n_patients, *, distinct=None):
    """Patients with missing blocks and cells; `distinct` values make many ties."""
    blocks = {}
    for modality, n_features in SIZES.items():
        block = rng.normal(size=(n_patients, n_features))
        if distinct:
            block = np.round(block * distinct) / distinct
        block[rng.random(block.shape) < 0.1] = NAN
        block[rng.random(n_patients) < 0.4] = NAN
        blocks[modality] = block
    return MultiModalData(blocks)


def assert_same_graph(one, other):
    assert_array_equal(one.neighbors, other.neighbors)
    assert_array_equal(one.similarity, other.similarity)


def slow_graph(X, queries, builder, groups=None):
    """Reference: every pair on its own, in plain floating point, without PCA."""
    observed = X.mask
    means, stds = {}, {}
    for modality in X:
        means[modality] = np.nanmean(X[modality], axis=0)
        stds[modality] = np.nanstd(X[modality], axis=0)
    similarity = np.zeros((len(queries), len(X)))
    for i, j in itertools.product(range(len(queries)), range(len(X))):
        if groups is not None and groups[i] == groups[j]:
            continue
        both = queries.mask[i] & observed[j]
        shared = [m for m, has in zip(X, both, strict=True) if has]
        if shared:
            a, b = (
                np.concatenate(
                    [np.nan_to_num((D[m][row] - means[m]) / stds[m]) for m in shared]
                )
                for D, row in ((queries, i), (X, j))
            )
            if builder.metric == "cosine":
                value = a @ b / (np.linalg.norm(a) * np.linalg.norm(b))
            else:
                value = 1 / (1 + np.sqrt(np.mean((a - b) ** 2)))
            similarity[i, j] = value * len(a) / (len(a) + builder.shrinkage)
    # Rounded, as different patients can be exactly as similar to a query.
    return similarity.round(9)


@pytest.mark.parametrize("metric", METRICS)
def test_neighbours_are_those_of_the_pairwise_loop(metric):
    rng = np.random.default_rng(0)
    X, queries = random_data(rng, 30), random_data(rng, 10)
    builder = PatientGraphBuilder(6, metric=metric, n_components=None).fit(X)

    graph = builder.connect(queries)

    expected = slow_graph(X, queries, builder)
    order = np.argsort(-expected, axis=1, kind="stable")[:, :6]
    values = np.take_along_axis(expected, order, axis=1)
    assert_array_equal(graph.neighbors, np.where(values > 0, order, -1))
    assert_allclose(graph.similarity, np.maximum(values, 0), atol=1e-5)


def test_training_patients_leave_themselves_and_their_group_out():
    X = random_data(np.random.default_rng(1), 30)
    groups = np.repeat([f"family {number}" for number in range(10)], 3)
    builder = PatientGraphBuilder(6, n_components=None).fit(X, groups=groups)

    expected = slow_graph(X, X, builder, groups)
    values = -np.sort(-expected, axis=1)[:, :6]
    graph = builder.training_graph_

    assert_allclose(graph.similarity, np.maximum(values, 0), atol=1e-5)
    source, target = graph.edge_index
    assert (groups[source] != groups[target]).all()


def test_duplicate_of_a_training_patient_is_its_neighbour_but_it_itself_is_not():
    X = random_data(np.random.default_rng(2), 12)
    X = X[[*range(12), 0]]
    has_data = np.flatnonzero(X.mask.any(axis=1))

    builder = PatientGraphBuilder(3).fit(X)

    own = np.arange(13)[:, np.newaxis]
    assert not (builder.training_graph_.neighbors == own).any()
    if 0 in has_data:
        assert builder.training_graph_.neighbors[0, 0] == 12
        assert builder.connect(X[[12]]).neighbors[0, :2].tolist() == [0, 12]


@settings(deadline=None, max_examples=60)
@given(
    builder=builders,
    seed=st.integers(0, 10_000),
    distinct=st.sampled_from([None, 1, 2]),
    rows=st.lists(st.integers(0, 11), min_size=1, max_size=20),
)
def test_query_gets_the_same_edges_alone_and_in_any_batch(
    builder, seed, distinct, rows
):
    rng = np.random.default_rng(seed)
    builder.fit(random_data(rng, 25, distinct=distinct))
    queries = random_data(rng, 12, distinct=distinct)

    batch = builder.connect(queries[rows])

    for place, row in enumerate(rows):
        alone = builder.connect(queries[row])
        assert_array_equal(alone.neighbors[0], batch.neighbors[place])
        assert_array_equal(alone.similarity[0], batch.similarity[place])


@settings(deadline=None, max_examples=40)
@given(
    builder=builders,
    seed=st.integers(0, 10_000),
    distinct=st.sampled_from([None, 1]),
    chunk_size=st.integers(1, 40),
)
def test_chunk_size_changes_nothing(builder, seed, distinct, chunk_size):
    X = random_data(np.random.default_rng(seed), 25, distinct=distinct)
    other = clone(builder).set_params(chunk_size=chunk_size)

    assert_same_graph(builder.fit(X).training_graph_, other.fit(X).training_graph_)


@settings(deadline=None, max_examples=40)
@given(metric=st.sampled_from(METRICS), seed=st.integers(0, 10_000))
def test_equal_references_are_taken_in_their_order(metric, seed):
    rng = np.random.default_rng(seed)
    X = random_data(rng, 6)
    copies = np.repeat(np.arange(6), 5)
    builder = PatientGraphBuilder(7, metric=metric, chunk_size=4).fit(X[copies])

    graph = builder.connect(random_data(rng, 8))

    for neighbors, similarity in zip(graph.neighbors, graph.similarity, strict=True):
        found = neighbors >= 0
        ranked = np.lexsort((neighbors[found], -similarity[found]))
        assert_array_equal(ranked, np.arange(found.sum()))
        for neighbor in neighbors[found]:
            # Whoever is a neighbour comes after all equal patients before it.
            first = neighbor - neighbor % 5
            assert set(range(first, neighbor)) <= set(neighbors)


@pytest.mark.parametrize("metric", METRICS)
def test_every_pattern_of_missing_blocks_is_compared_over_what_is_shared(metric):
    rng = np.random.default_rng(5)
    patterns = np.array(list(itertools.product([True, False], repeat=3)))
    blocks = {}
    for number, (modality, n_features) in enumerate(SIZES.items()):
        block = rng.normal(size=(8, n_features))
        block[~patterns[:, number]] = NAN
        blocks[modality] = block
    X = MultiModalData(blocks)

    builder = PatientGraphBuilder(8, metric=metric).fit(X)

    source, target = builder.connect(X).edge_index
    assert (patterns[source] & patterns[target]).any(axis=1).all()
    assert builder.connect(X).isolated.tolist() == [False] * 7 + [True]
    if metric == "euclidean":
        n_partners = (patterns @ patterns.T.astype(int) > 0).sum()
        assert len(source) == n_partners


def test_only_positive_similarity_is_an_edge(make_data):
    X = make_data(rna=[[1.0, 1.0], [-1.0, -1.0], [2.0, -2.0], [-2.0, 2.0]])

    graph = PatientGraphBuilder(3).fit(X).training_graph_

    assert graph.edge_index.shape == (2, 0)
    assert (graph.similarity == 0).all()


def test_more_neighbours_than_references_are_padded_with_none(make_data):
    X = make_data(rna=[[1.0], [2.0], [4.0]])

    graph = PatientGraphBuilder(5, metric="euclidean").fit(X).training_graph_

    assert graph.neighbors.shape == graph.similarity.shape == (3, 5)
    assert_array_equal(graph.neighbors[:, 2:], -1)
    assert_array_equal(graph.similarity[:, 2:], 0)


def test_few_shared_features_shrink_the_similarity(make_data):
    X = make_data(rna=[[0.0, 1.0], [0.1, 0.9], [1.0, 0.0]])

    plain = PatientGraphBuilder(1, shrinkage=0.0).fit(X).training_graph_
    shrunk = PatientGraphBuilder(1, shrinkage=6.0).fit(X).training_graph_

    assert_allclose(shrunk.similarity, plain.similarity * 2 / 8, atol=1e-9)


def test_modality_absent_from_queries_counts_as_missing():
    X = random_data(np.random.default_rng(3), 20)
    builder = PatientGraphBuilder(4).fit(X)
    missing = MultiModalData(
        {m: X[m] if m == "rna" else np.full_like(X[m], NAN) for m in X}
    )

    assert_same_graph(builder.connect({"rna": X["rna"]}), builder.connect(missing))


@pytest.mark.parametrize("n_patients", [1, 2, 300])
def test_wide_blocks_are_reduced_and_keep_what_sets_patients_apart(n_patients):
    rng = np.random.default_rng(0)
    y = np.arange(n_patients) % 3
    rna = rng.normal(size=(3, 400))[y] + rng.normal(size=(n_patients, 400))

    builder = PatientGraphBuilder(5, n_components=20).fit({"rna": rna}, y)

    assert builder._coordinates.shape[1] <= 20
    if n_patients == 300:
        assert builder.graph_summary_["label_homophily"] == 1.0
        assert builder.graph_summary_["label_homophily_chance"] < 0.34


def test_images_are_left_out(make_data):
    X = make_data(mri=np.ones((3, 2, 2)), rna=[[1.0], [2.0], [3.0]])

    assert PatientGraphBuilder().fit(X).modalities_ == ["rna"]


@pytest.mark.parametrize(
    "blocks",
    [
        {"mri": np.random.default_rng(0).normal(size=(3, 2, 2))},
        {"rna": np.ones((3, 2))},
        {"rna": [[NAN], [NAN], [NAN]]},
    ],
    ids=["only images", "only constants", "nothing"],
)
def test_data_without_anything_to_compare_gives_a_graph_without_edges(blocks):
    builder = PatientGraphBuilder().fit(blocks)

    assert builder.training_graph_.isolated.all()
    assert builder.connect(blocks).isolated.all()
    assert builder.graph_summary_["isolated_share"] == 1.0


def test_one_patient_is_isolated_in_training_but_can_be_found(make_data):
    builder = PatientGraphBuilder(metric="euclidean").fit(
        make_data(rna=[[1.0], [2.0]], age=[[3.0], [NAN]])
    )

    assert builder.connect({"rna": [[1.0]]}).neighbors[0, 0] == 0


def test_pickled_builder_gives_the_same_edges():
    X = random_data(np.random.default_rng(4), 20)
    builder = PatientGraphBuilder(4).fit(X)

    again = pickle.loads(pickle.dumps(builder))

    assert_same_graph(again.connect(X), builder.connect(X))


def test_input_is_never_written_to():
    X = random_data(np.random.default_rng(4), 20)
    before = {modality: X[modality].copy() for modality in X}

    PatientGraphBuilder().fit(X).connect(X)

    for modality in X:
        assert_array_equal(X[modality], before[modality])


@pytest.mark.parametrize(
    "parameters",
    [
        {"n_neighbors": 0},
        {"metric": "manhattan"},
        {"n_components": 0},
        {"shrinkage": -1.0},
        {"chunk_size": 0},
    ],
)
def test_parameter_out_of_range_is_an_error(make_data, parameters):
    with pytest.raises(ValueError, match=next(iter(parameters))):
        PatientGraphBuilder(**parameters).fit(make_data(rna=[[1.0], [2.0]]))


def test_unknown_modality_is_an_error_with_a_suggestion(make_data):
    builder = PatientGraphBuilder().fit(make_data(rna=[[1.0], [2.0]]))

    with pytest.raises(ValueError, match="Did you mean 'rna'"):
        builder.connect({"rnaa": [[1.0]]})


def test_connect_before_fit_is_an_error(make_data):
    with pytest.raises(NotFittedError):
        PatientGraphBuilder().connect(make_data(rna=[[1.0]]))


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_gpu_gives_the_edges_of_the_cpu():
    X = random_data(np.random.default_rng(6), 200, distinct=2)
    builder = PatientGraphBuilder(4, n_components=3).fit(X)
    on_gpu = clone(builder).set_params(device="cuda").fit(X)

    assert_same_graph(on_gpu.training_graph_, builder.training_graph_)


def test_modalities_of_references_are_known():
    X = random_data(np.random.default_rng(0), 30)
    few = PatientGraphBuilder(3, max_references=10).fit(X)
    assert_array_equal(few.reference_mask_, X.mask[few.references_])


def test_columns_of_a_common_scale_keep_their_proportions():
    rng = np.random.default_rng(0)
    scores = rng.normal(size=(30, 4)) * [9.0, 3.0, 1.0, 0.1]
    builder = PatientGraphBuilder(3, common_scale=["rna"])

    found = builder.fit(MultiModalData({"rna": scores})).training_graph_.neighbors

    centred = scores - scores.mean(axis=0)
    unit = centred / np.linalg.norm(centred, axis=1, keepdims=True)
    cosine = unit @ unit.T
    np.fill_diagonal(cosine, -1)
    assert_array_equal(found, np.argsort(-cosine, axis=1)[:, :3])


@pytest.mark.parametrize("method", ["exact", "approximate"])
def test_progress_is_shown_in_fit_when_asked_for(method, capsys):
    X = random_data(np.random.default_rng(0), 60)

    builder = PatientGraphBuilder(method=method, chunk_size=20, verbose=1).fit(X)
    shown = capsys.readouterr().err
    builder.set_params(verbose=0).fit(X).connect(X)

    assert "patient graph: 100%" in shown
    assert not capsys.readouterr().err
