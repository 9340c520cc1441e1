"""Approximate search for neighbours."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from magnet_sklearn import MultiModalData
from magnet_sklearn.graph import PatientGraphBuilder

N_PATIENTS = 2000


@pytest.fixture(scope="module")
def cohort():
    """Patients around a few dozen centers, blocks missing."""
    rng = np.random.default_rng(0)
    latent = rng.normal(size=(N_PATIENTS, 4))
    blocks = {
        name: latent @ rng.normal(size=(4, 12)) + rng.normal(size=(N_PATIENTS, 12))
        for name in ("rna", "protein")
    }
    for number, block in enumerate(blocks.values()):
        block[number::5] = np.nan
    return MultiModalData(blocks)


def build(X, groups=None, **parameters):
    return PatientGraphBuilder(5, **parameters).fit(X, groups=groups)


def test_search_of_all_cells_is_exact(cohort):
    exact = build(cohort, method="exact")
    everywhere = build(cohort, method="approximate", n_probes=1000)

    for graph, other in (
        (exact.training_graph_, everywhere.training_graph_),
        (exact.connect(cohort[:50]), everywhere.connect(cohort[:50])),
    ):
        assert_array_equal(graph.neighbors, other.neighbors)
        assert_array_equal(graph.similarity, other.similarity)
    assert everywhere.graph_summary_["recall"] == 1.0


def test_recall_in_the_summary_is_the_share_of_exact_neighbours(cohort):
    exact = build(cohort, method="exact").training_graph_.neighbors
    builder = build(cohort, method="approximate", n_probes=2)
    found = builder.training_graph_.neighbors

    shares = [
        np.isin(a[a >= 0], b).mean()
        for a, b in zip(exact, found, strict=True)
        if a[0] >= 0
    ]

    assert 0.5 < np.mean(shares) < 1.0
    assert abs(builder.graph_summary_["recall"] - np.mean(shares)) < 0.1


def test_more_probes_find_more(cohort):
    recalls = [
        build(cohort, method="approximate", n_probes=n).graph_summary_["recall"]
        for n in (1, 3, 7)
    ]

    assert recalls == sorted(recalls)
    assert recalls[-1] > 0.95


def test_a_query_alone_finds_what_it_finds_among_others(cohort):
    builder = build(cohort, method="approximate", n_probes=2)
    queries = cohort[:40]
    together = builder.connect(queries)

    for row in range(len(queries)):
        alone = builder.connect(queries[[row]])
        assert_array_equal(alone.neighbors[0], together.neighbors[row])
        assert_array_equal(alone.similarity[0], together.similarity[row])


def test_no_query_finds_its_own_group(cohort):
    groups = np.arange(N_PATIENTS) // 4
    graph = build(cohort, groups, method="approximate", n_probes=2).training_graph_

    targets, ranks = np.nonzero(graph.neighbors >= 0)
    sources = graph.neighbors[targets, ranks]

    assert not (groups[sources] == groups[targets]).any()


def test_search_is_exact_by_default_in_a_small_cohort(cohort):
    summary = build(cohort).graph_summary_

    assert (summary["method"], summary["recall"]) == ("exact", 1.0)


def test_patient_without_data_has_no_neighbours(cohort):
    builder = build(cohort, method="approximate", n_probes=2)
    nobody = MultiModalData({"rna": np.full((1, 12), np.nan)})

    assert builder.connect(nobody).isolated.all()
