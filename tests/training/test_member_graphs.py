"""Patient graphs of members, cut out of one search or found on their own."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from magnet_sklearn import MultiModalData
from magnet_sklearn._training import Cohort, EnsembleConfig, Optimisation
from magnet_sklearn._training._member_graphs import fit_graph, search_graphs
from magnet_sklearn.graph import PatientGraphBuilder
from magnet_sklearn.losses import NumberLoss
from magnet_sklearn.nn import Architecture

N_PATIENTS, N_NEIGHBORS = 60, 4


def config(batch_size):
    optimisation = Optimisation(
        learning_rate=0.1, weight_decay=0.0, max_epochs=1, batch_size=batch_size
    )
    return EnsembleConfig(
        loss=NumberLoss(),
        architecture=Architecture(n_outputs=1, shapes={"rna": (6,)}),
        optimisation=optimisation,
        graph=PatientGraphBuilder(N_NEIGHBORS),
    )


@pytest.fixture
def cohort():
    rng = np.random.default_rng(0)
    blocks = rng.normal(size=(N_PATIENTS, 6))
    column = np.zeros((N_PATIENTS, 1))
    groups = np.arange(N_PATIENTS) // 2
    X = MultiModalData({"rna": blocks})
    return Cohort(X, column, column, np.ones(N_PATIENTS), groups)


@pytest.fixture
def split():
    held_out = np.arange(0, N_PATIENTS, 5)
    return np.setdiff1d(np.arange(N_PATIENTS), held_out), held_out


def test_graphs_of_a_large_cohort_join_the_nearest_of_the_members_patients(
    cohort, split
):
    train, held_out = split
    builder, graphs = fit_graph(config(10), cohort, [split], verbose=0)

    own, queries = next(graphs)

    everybody = PatientGraphBuilder(N_PATIENTS).fit(cohort.X, groups=cohort.groups)
    for rows, graph in ((train, own), (held_out, queries)):
        for row, neighbors, similarity in zip(
            rows, graph.neighbors, graph.similarity, strict=True
        ):
            nearest = everybody.training_graph_.neighbors[row]
            nearest = nearest[np.isin(nearest, train)][:N_NEIGHBORS]
            assert_array_equal(train[neighbors[neighbors >= 0]], nearest)
            assert (np.diff(similarity) <= 0).all()
    assert builder.n_neighbors == N_NEIGHBORS


def test_graph_for_predictions_is_that_of_a_search_without_spares(cohort, split):
    with_spares, _ = fit_graph(config(10), cohort, [split], verbose=0)
    alone, graphs = fit_graph(config(N_PATIENTS), cohort, [split], verbose=0)

    assert next(graphs) is None
    assert with_spares.graph_summary_ == alone.graph_summary_
    graph, expected = with_spares.training_graph_, alone.training_graph_
    assert_array_equal(graph.neighbors, expected.neighbors)
    assert_allclose(graph.similarity, expected.similarity)


def test_own_search_joins_held_out_patients_to_training_ones_only(cohort, split):
    train, held_out = (cohort[rows] for rows in split)

    own, queries = search_graphs(config(100), train, held_out, None)

    assert own.neighbors.shape == (len(train), N_NEIGHBORS)
    assert queries.neighbors.shape == (len(held_out), N_NEIGHBORS)
    assert queries.neighbors.max() < len(train)
