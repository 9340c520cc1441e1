import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from magnet_sklearn.graph import FeatureGraph
from magnet_sklearn.graph._coherence import (
    held_out_coherence,
    neighbor_coherence,
    shrinkage,
)

EDGES = pd.DataFrame({"source": [0, 0, 2], "target": [1, 2, 3], "weight": [1, -2, 1]})


@pytest.fixture
def values():
    values = np.random.default_rng(0).normal(size=(30, 5))
    values[:, 1] += values[:, 0]
    values[::4, 1] = values[::5, 2] = np.nan
    return values


def slow_coherence(values, node):
    standard = (values - np.nanmean(values, axis=0)) / np.nanstd(values, axis=0)
    own, means = [], []
    for row in standard:
        total = count = 0.0
        for source, target, weight in EDGES.itertuples(index=False):
            for one, other in ((source, target), (target, source)):
                if one == node and not np.isnan(row[other]):
                    total, count = total + weight * row[other], count + abs(weight)
        if count and not np.isnan(row[node]):
            own.append(row[node])
            means.append(total / count)
    return len(own) * np.corrcoef(own, means)[0, 1] ** 2


def test_coherence_equals_loops_over_patients(values):
    coherence = neighbor_coherence(values, EDGES)

    assert_allclose(coherence[:4], [slow_coherence(values, j) for j in range(4)])
    assert np.isnan(coherence[4])


def test_chance_is_not_trusted():
    assert shrinkage(np.array([0.5, 1.2, np.nan])) == 0.0
    assert shrinkage(np.array([np.nan])) == 0.0
    assert shrinkage(np.array([10.0, 30.0])) == pytest.approx(0.95)


def test_graph_knows_which_modality_has_coherent_neighbours():
    rng = np.random.default_rng(0)
    rna = rng.normal(size=(100, 1)) + rng.normal(size=(100, 20))
    noise = rng.normal(size=(100, 20))
    rows = [(f"{m}_{j}", f"{m}_{(j + 1) % 20}") for m in "ab" for j in range(20)]
    table = pd.DataFrame(rows, columns=["source", "target"])

    graph = FeatureGraph(edges=table).fit({"a": rna, "b": noise})

    assert graph.coherence_["a"] > 0.9
    assert graph.coherence_["b"] < 0.4


def noise(seed, n_features=600):
    return np.random.default_rng(seed).normal(size=(150, n_features))


def test_edges_are_chosen_on_other_patients_than_they_are_scored_on(values):
    chosen_on = []

    def choose(patients):
        chosen_on.append(set(patients))
        return EDGES

    held_out_coherence(values, choose)

    scored_on = [set(range(30)) - patients for patients in chosen_on]
    assert sorted(np.concatenate([list(fold) for fold in scored_on])) == list(range(30))


def test_held_out_coherence_of_prior_knowledge_is_about_that_of_all_patients():
    values = noise(0, 40) + np.repeat(noise(1, 4), 10, axis=1)
    edges = pd.DataFrame({"source": range(0, 40, 2), "target": range(1, 40, 2)})
    edges["weight"] = 1.0

    held_out = held_out_coherence(values, lambda patients: edges)

    assert_allclose(held_out, neighbor_coherence(values, edges), rtol=0.2)


def test_held_out_coherence_of_chance_is_1_on_average_in_small_folds():
    edges = pd.DataFrame({"source": range(0, 4000, 2), "target": range(1, 4000, 2)})
    edges["weight"] = 1.0

    coherence = held_out_coherence(noise(2, 4000)[:12], lambda patients: edges)

    assert coherence.mean() == pytest.approx(1, abs=0.05)


def test_few_patients_are_not_split(values):
    assert np.isnan(held_out_coherence(values[:5], lambda patients: EDGES)).all()


@pytest.mark.parametrize("seed", range(3))
def test_correlations_of_unrelated_features_are_not_coherent(seed):
    graph = FeatureGraph(correlations=5).fit({"rna": noise(seed)})

    assert len(graph.edges_) > 0
    assert graph.coherence_["rna"] < 0.4


def test_correlations_of_related_features_are_coherent():
    rna = noise(0, 60) + np.repeat(noise(1, 6), 10, axis=1)

    graph = FeatureGraph(correlations=5).fit({"rna": rna, "noise": noise(2, 60)})

    assert graph.coherence_["rna"] > 0.9
    assert graph.coherence_["noise"] < 0.4


def test_prior_edges_beside_correlations_are_scored_with_them():
    rna = noise(0, 40) + 0.5 * np.repeat(noise(1, 20), 2, axis=1)
    pairs = [(f"rna_{j}", f"rna_{j + 1}") for j in range(0, 40, 2)]
    table = pd.DataFrame(pairs, columns=["source", "target"])

    graph = FeatureGraph(edges=table, correlations=1).fit({"rna": rna})

    assert graph.coherence_["rna"] > 0.6
