import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from magnet_sklearn.graph._feature_correlation import (
    _pairwise_correlation,
    correlation_edges,
)


@pytest.fixture
def tables():
    rng = np.random.default_rng(0)
    shared = rng.normal(size=(80, 1))
    rna = 0.7 * shared + rng.normal(size=(80, 6)) * 0.5
    rna[:, 3:] = rng.normal(size=(80, 3))
    protein = np.hstack([-shared + 0.3 * rng.normal(size=(80, 1)), shared * 0])
    rna[rng.random(rna.shape) < 0.2] = np.nan
    return [rna, protein]


def slow_correlation(values):
    return pd.DataFrame(values).corr(min_periods=10).fillna(0.0).to_numpy()


def test_correlation_is_that_of_patients_who_have_both(tables):
    values = np.hstack(tables)
    expected = slow_correlation(values)
    observed = ~np.isnan(values)
    filled = np.where(observed, values, 0.0)

    correlation = _pairwise_correlation(filled, observed * 1.0, np.arange(4))

    strong = np.abs(expected[:4]) > 0.6
    np.fill_diagonal(strong, False)
    assert strong.sum() >= 9
    assert_allclose(correlation[strong], expected[:4][strong], atol=1e-12)


def test_edges_are_those_beyond_chance(tables):
    edges = correlation_edges(tables, 5)

    found = {
        tuple(sorted(pair))
        for pair in zip(edges["source"], edges["target"], strict=True)
    }
    assert found == {(0, 1), (0, 2), (1, 2), (0, 6), (1, 6), (2, 6)}
    is_mixed = (edges["source"] == 6) | (edges["target"] == 6)
    assert (edges["weight"][is_mixed] < 0).all()


def test_features_keep_the_strongest_of_each_kind(tables):
    edges = correlation_edges(tables, 1)
    values = slow_correlation(np.hstack(tables))

    own = edges[(edges["source"] == 0) & (edges["target"] != 6)]
    assert own["target"].tolist() == [1 + np.argmax(np.abs(values[0, 1:6]))]
    assert edges["target"][edges["source"] == 6].isin([0, 1, 2]).all()


@pytest.mark.parametrize("chunk_size", [1, 3, 100])
def test_chunks_change_nothing(tables, chunk_size):
    columns = ["source", "target", "weight"]

    edges = correlation_edges(tables, 3, chunk_size)[columns]

    expected = correlation_edges(tables, 3)[columns].sort_values(columns)
    assert_allclose(edges.sort_values(columns), expected, atol=1e-12)


def test_noise_has_hardly_any_edges():
    noise = np.random.default_rng(1).normal(size=(100, 200))

    assert len(correlation_edges([noise], 5)) <= 12


def test_large_offsets_do_not_matter(tables):
    moved = [table + 1e6 for table in tables]

    weights = correlation_edges(moved, 3)["weight"]

    assert_allclose(weights, correlation_edges(tables, 3)["weight"], atol=1e-6)
