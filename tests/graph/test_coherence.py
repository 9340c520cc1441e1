import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from magnet_sklearn.graph import FeatureGraph
from magnet_sklearn.graph._coherence import neighbor_coherence, shrinkage

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
